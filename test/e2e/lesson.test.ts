import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { address, button } from './actions.ts';
import { usePage } from './page.ts';

const openPage = usePage();

/** Presses Tab until the control has the focus; a keyboard reaches everything within one round of the page. */
async function tabTo(page: Page, control: Locator): Promise<void> {
  await control.waitFor();
  const target = await control.elementHandle();
  for (let presses = 0; presses < 200; presses++) {
    if (await target?.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${control}`);
}

async function press(page: Page, control: Locator): Promise<void> {
  await tabTo(page, control);
  await page.keyboard.press('Enter');
}

test('the lesson is gone through from first page to last by keyboard alone, and its pages change the screen', async () => {
  const settings = { 'train.steps': 4, 'evaluate.times': 2, mode: 'noise-not-fed-back' };
  const { page, errors } = await openPage(address(settings));
  await page.getByText('windows to train on').waitFor();
  await page.getByText('Recorded runs').waitFor();
  await press(page, page.getByRole('button', { name: 'Lesson', exact: true }));

  const lesson = page.getByRole('region', { name: 'Lesson', exact: true });
  const named = (name: string) => lesson.getByRole('button', { name, exact: true });
  const seen = lesson.getByTestId('lesson-seen');
  const headline = page.getByTestId('headline');
  const settled = () =>
    page.locator('.run-status:not([data-status=running]):not([data-status=loading])').waitFor();
  const shows: Record<number, () => Promise<void>> = {
    // The recorded pair gives way to a live one.
    2: async () => {
      await page.getByText('Recorded runs').waitFor({ state: 'detached' });
      await page.locator('.run-status[data-status="finished"]').waitFor({ timeout: 60_000 });
      expect(await headline.textContent()).toMatch(/^At position 8 the left decoder takes .* the right one/);
    },
    3: async () => {
      expect(await page.getByRole('radio', { name: 'Means only' }).isChecked()).toBe(true);
    },
    4: async () => {
      await page.getByTestId('probe-swap').locator('[data-finding]').nth(1).waitFor({ timeout: 60_000 });
    },
    5: async () => {
      expect(await page.getByRole('checkbox', { name: 'Shuffle positions' }).isChecked()).toBe(true);
      await page.locator('.run-status[data-status="finished"]').waitFor({ timeout: 60_000 });
    },
    8: async () => {
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('open-data');
    },
  };
  for (let number = 1; number <= 8; number++) {
    await lesson.getByText(`Lesson, page ${number} of 8`).waitFor();
    expect(new URL(page.url()).searchParams.get('lesson')).toBe(String(number));
    expect(await seen.count()).toBe(0);
    // From the focused heading Tab comes to the question; an arrow key chooses.
    await tabTo(page, lesson.getByRole('radio').first());
    await page.keyboard.press('ArrowDown');
    expect(await lesson.getByRole('radio').nth(1).isChecked()).toBe(true);
    await press(page, named('Answer'));
    await lesson.getByText('Your answer: ').waitFor();
    await seen.waitFor();
    await press(page, named('Do it on the screen'));
    expect(await lesson.getByRole('alert').count()).toBe(0);
    await settled();
    await shows[number]?.();
    if (number < 8) await press(page, named('Next'));
  }
  await lesson.getByText('8 of 8 answered').waitFor();
  await press(page, named('Close lesson'));
  expect(await lesson.count()).toBe(0);
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('lesson-toggle');
  expect(errors).toEqual([]);
});

test('on a phone the lesson opens at the top of the screen and stays there while the page loads, unless the reader scrolls', async () => {
  const viewport = { width: 390, height: 844 };
  const place = (page: Page) =>
    page.getByRole('region', { name: 'Lesson', exact: true }).evaluate((lesson) => {
      const head = document.querySelector('.top')?.getBoundingClientRect().bottom ?? 0;
      return Math.round(lesson.getBoundingClientRect().top - head);
    });
  const settled = async (page: Page) => {
    await page.getByText('windows to train on').waitFor();
    await page.locator('[data-testid="run-series"]').first().waitFor();
    await page.waitForTimeout(300);
  };
  const { page } = await openPage(address(), { viewport });
  await settled(page);
  await button(page, 'Lesson').click();
  await expect.poll(() => place(page)).toBeLessThan(24);
  expect(await place(page)).toBeGreaterThanOrEqual(0);

  // By its address, with what stands above it late.
  const byLink = async (read: (opened: Page) => Promise<unknown>) => {
    let send = () => {};
    const late = new Promise<void>((resolve) => {
      send = resolve;
    });
    const { page: opened } = await openPage(`${address()}&lesson=3`, { viewport }, (tab) =>
      tab.route('**/recorded/**', async (route) => {
        await late;
        await route.continue();
      }),
    );
    await expect.poll(() => place(opened)).toBeLessThan(24);
    await read(opened);
    send();
    await settled(opened);
    return opened;
  };
  const kept = await byLink(async () => {});
  expect(await place(kept)).toBeGreaterThanOrEqual(0);
  expect(await place(kept)).toBeLessThan(24);
  const scrolled = await byLink((opened) => opened.evaluate(() => scrollTo(0, 0)));
  expect(await scrolled.evaluate(() => scrollY)).toBe(0);
});
