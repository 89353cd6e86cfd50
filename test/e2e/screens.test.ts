import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { address, button, until } from './actions.ts';
import { usePage } from './page.ts';

const openPage = usePage();
/** Widths with a layout of their own: a phone, a tablet, a desk and a projector. */
const layouts = new Set([390, 800, 1440, 3840]);
const tabs = ['Losses', 'Scores', 'Runs', 'GPU', 'Log', 'Export', 'Sweep'];

/** Pixels by which the page is wider than its window. */
const excess = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

/** The page fits its window, once the pictures that go by the window's width have been drawn anew. */
const noWider = (page: Page, message: string) =>
  expect.poll(() => excess(page), { message, timeout: 10_000 }).toBeLessThanOrEqual(0);

/** Controls and lines of the head that lie over each other, by their text. */
const collisions = (page: Page) =>
  page.evaluate(() => {
    const parts = [...document.querySelectorAll('.top :is(button, select, summary, progress, p)')];
    const boxes = parts.map((part) => ({ name: part.textContent, box: part.getBoundingClientRect() }));
    return boxes.flatMap((one, k) =>
      boxes.slice(k + 1).flatMap((other) => {
        const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
        const high = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
        return wide > 1 && high > 1 ? [`${one.name} and ${other.name}`] : [];
      }),
    );
  });

/** Parts of panels that follow one another without the gap that panels keep between theirs, by their text. */
const touching = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('.panel')].flatMap((panel) => {
      const parts = [...panel.children].filter(
        (part) => part.hasChildNodes() && getComputedStyle(part).position !== 'absolute',
      );
      return parts.slice(1).flatMap((part, k) => {
        const before = parts[k] as Element;
        const gap = part.getBoundingClientRect().top - before.getBoundingClientRect().bottom;
        const name = (one: Element) => one.textContent?.slice(0, 40);
        return gap < 4 ? [`${name(before)} and ${name(part)}: ${Math.round(gap)} px`] : [];
      });
    }),
  );

/** Whether the canvas of the first loss has lines: pixels with a colour, which neither axes nor labels have. */
const hasLines = (page: Page) =>
  page.waitForFunction(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.loss-chart canvas');
    const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    let coloured = 0;
    for (let i = 0; i < pixels.length; i += 4) {
      const [r = 0, g = 0, b = 0, a = 0] = pixels.slice(i, i + 4);
      if (a > 128 && Math.max(r, g, b) - Math.min(r, g, b) > 64) coloured++;
    }
    return coloured > 100;
  });

test('from a phone to a projector nothing is wider than the window, and nothing in the head overlaps, and parts of a panel keep their distance; the losses keep their lines when the theme changes', async () => {
  const { page } = await openPage(`${address()}&theme=light`);
  await page.getByText('Recorded runs').waitFor();
  await page.getByText('windows to train on').waitFor();
  for (const width of [390, 800, 1024, 1345, 1366, 1440, 3840]) {
    await page.setViewportSize({ width, height: 800 });
    await noWider(page, `page at ${width}`);
    expect(await touching(page), `panels at ${width}`).toEqual([]);
    expect(await collisions(page), `head at ${width}`).toEqual([]);
    if (!layouts.has(width)) continue;
    for (const name of tabs) {
      await page.getByRole('tab', { name }).click();
      await page.getByRole('region', { name, exact: true }).waitFor();
      await noWider(page, `${name} at ${width}`);
    }
    await button(page, 'Lesson').click();
    await page.getByRole('region', { name: 'Lesson', exact: true }).waitFor();
    await noWider(page, `Lesson at ${width}`);
    await button(page, 'Close lesson').click();
  }

  await page.setViewportSize({ width: 1440, height: 800 });
  await page.getByRole('tab', { name: 'Losses' }).click();
  await hasLines(page);
  await button(page, 'Theme: light').click();
  await page.locator('html[data-theme=dark]').waitFor();
  await hasLines(page);
});

test('the head keeps its height while a run begins, goes on in slow motion, stops and is left behind', async () => {
  const settings = { 'train.steps': 1000, 'evaluate.times': 1, speed: 20 };
  const { page } = await openPage(address(settings));
  await page.getByText('windows to train on').waitFor();
  await page.evaluate(() => {
    const heights = new Set<number>();
    const head = document.querySelector('.top') as HTMLElement;
    new ResizeObserver(() => heights.add(head.offsetHeight)).observe(head);
    Object.assign(window, { heights });
  });
  const heights = () => page.evaluate(() => [...(window as unknown as { heights: Set<number> }).heights]);
  for (const width of [390, 1024, 1345, 1440, 1920]) {
    await page.setViewportSize({ width, height: 800 });
    // Two frames: the observer hears of the new width after the first.
    await page.evaluate(async () => {
      for (let n = 0; n < 2; n++) await new Promise(requestAnimationFrame);
      const { heights } = window as unknown as { heights: Set<number> };
      heights.clear();
      heights.add((document.querySelector('.top') as HTMLElement).offsetHeight);
    });
    await button(page, 'Run').click();
    await page.locator('.run-status[data-status="running"]', { hasText: 'steps/s' }).waitFor();
    // The figures that matter most are in sight, and not under the bar or beyond the edge.
    const unseen = await page.locator('.run-status').evaluate((status) => {
      const { bottom = 0, right = 0 } = status.querySelector('.said')?.getBoundingClientRect() ?? {};
      const parts = [...status.querySelectorAll('[role=status], .figures span:not(:last-child)')];
      return parts
        .filter((part) => {
          const box = part.getBoundingClientRect();
          return box.bottom > bottom + 1 || box.right > right + 1;
        })
        .map(({ textContent }) => textContent);
    });
    expect(unseen, `at ${width}`).toEqual([]);
    await button(page, 'Pause').click();
    await until(page, 'paused');
    await page.getByRole('checkbox', { name: 'Shuffle positions' }).click();
    await page.getByText('Settings changed: Run begins anew.').waitFor();
    expect(await heights(), `at ${width}`).toHaveLength(1);
    await page.getByText('windows to train on').waitFor();
  }
});

test('on paper four runs stand clear of one another and of what is said of them', async () => {
  const { page } = await openPage(address({ 'train.steps': 2, 'evaluate.times': 1, drawer: 'runs' }));
  await page.getByText('windows to train on').waitFor();
  await page.getByText('Recorded runs').waitFor();
  await button(page, 'Train both live').click();
  await until(page, 'finished');
  for (const box of await page.getByRole('checkbox', { name: 'Draw recorded' }).all()) await box.check();
  await page.getByText('Training steps 2 and 1,500').waitFor();
  expect(await page.locator('.strips > figure').count()).toBe(4);
  // What is looked at while it is laid out for the sheets: parts that follow one another, and the strips among themselves.
  await page.evaluate(() => {
    matchMedia('print').addEventListener('change', ({ matches }) => {
      if (!matches) return;
      const parts = [
        ...document.querySelectorAll('.hero > :not(.strips), .strips > *, .centre > .panel:not(.hero)'),
      ];
      const boxes = parts.map((part) => ({ name: part.textContent, box: part.getBoundingClientRect() }));
      const over = boxes.flatMap((one, k) =>
        boxes.slice(k + 1).flatMap((other) => {
          const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
          const high = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
          return wide > 1 && high > 1 ? [`${one.name} and ${other.name}`] : [];
        }),
      );
      const pressed = [...document.querySelectorAll('.setup, .run-bar, .drawer')];
      const useless = pressed
        .filter((part) => part.getClientRects().length > 0)
        .map(({ className }) => className);
      Object.assign(window, { over, useless, parts: boxes.length });
    });
  });
  for (const format of ['Letter', 'A4']) {
    await page.pdf({ format });
    const { over, useless, parts } = await page.evaluate(() => {
      const { over, useless, parts } = window as unknown as {
        over: string[];
        useless: string[];
        parts: number;
      };
      return { over, useless, parts };
    });
    expect([over, useless], format).toEqual([[], []]);
    expect(parts).toBeGreaterThan(7);
  }
});

test('About names the paper, and leads to the licences of all that the page and its workers are made of', async () => {
  const { page, errors } = await openPage();
  await button(page, 'About').click();
  const about = page.getByRole('dialog', { name: 'About' });
  expect(await about.textContent()).toContain(
    'A Study of Posterior Stability in Time-Series Latent Diffusion',
  );
  const licences = about.getByRole('link', { name: 'these open-source packages' });
  const address = new URL((await licences.getAttribute('href')) ?? '', page.url()).href;
  const text = await (await page.request.get(address)).text();
  // Two of the page's own, two of workers; the second has no text of its licence in its package.
  for (const name of ['react', 'valibot', 'hyparquet', 'onnxruntime-web']) {
    expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+, MIT`, 'm'));
  }
  expect(errors).toEqual([]);
});
