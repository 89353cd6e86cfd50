import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { address, button, stepOf, until } from './actions.ts';
import { usePage } from './page.ts';

const openPage = usePage();

/** Read in the page: what the browser's protocol tells of an address lags behind. */
const query = (page: Page, key: string) =>
  page.evaluate((name) => new URLSearchParams(location.search).get(name), key);
const fieldOf = (page: Page, key: string) => page.locator(`input[name="${key}"]`);
const curvesOf = (page: Page) => page.getByRole('region', { name: 'Dependence' }).getByRole('combobox');

test('a copied link is short, and gives settings, view and first loss in a fresh profile', async () => {
  const { page } = await openPage(
    '?data.count=400&diffusion.sampleSteps=4&evaluate.dependenceSeries=4&evaluate.quadrature=8',
  );
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByText('windows to train on').waitFor();
  const fields = {
    'model.hiddenSize': '16',
    'model.latentSize': '4',
    'train.batchSize': '8',
    'train.steps': '40',
    'train.seed': '7',
  };
  await page.getByText('Advanced', { exact: true }).click();
  for (const [key, value] of Object.entries(fields)) {
    await fieldOf(page, key).fill(value);
    await fieldOf(page, key).press('Enter');
  }
  await page.locator('input[name=method][value=latent-diffusion]').check();
  await page.getByRole('radio', { name: 'Noise not fed back' }).check();
  await curvesOf(page).selectOption('global');
  await page.getByRole('tab', { name: 'Log' }).click();
  await button(page, 'Theme: auto').click();
  await button(page, 'Copy link').click();
  await page.getByText('Copied', { exact: true }).waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link.length).toBeLessThan(300);
  expect(link).toContain('train.steps=40&');
  expect(link).toContain('mode=noise-not-fed-back');
  const firstLoss = async (on: Page) => {
    await button(on, 'Step').click();
    await until(on, 'paused');
    await on.getByRole('tab', { name: 'Losses' }).click();
    return on.getByTestId('first-loss').textContent();
  };
  const loss = await firstLoss(page);
  await page.close();

  const { page: fresh, errors } = await openPage(new URL(link).search);
  await fresh.getByText('windows to train on').waitFor();
  expect(fresh.url()).toBe(link);
  for (const [key, value] of Object.entries(fields)) {
    expect(await fieldOf(fresh, key).inputValue()).toBe(value);
  }
  expect(await fresh.locator('input[name=method]:checked').inputValue()).toBe('latent-diffusion');
  expect(await fresh.getByRole('radio', { name: 'Noise not fed back' }).isChecked()).toBe(true);
  expect(await curvesOf(fresh).inputValue()).toBe('global');
  expect(await fresh.getByRole('tab', { name: 'Log' }).getAttribute('aria-selected')).toBe('true');
  expect(await fresh.evaluate(() => document.documentElement.dataset.theme)).toBe('light');
  expect(loss).toMatch(/\d/);
  expect(await firstLoss(fresh)).toBe(loss);
  expect(errors).toEqual([]);
});

test('every key of the sheet does what it says, and a run that is reset begins with the same first loss', async () => {
  const { page, errors } = await openPage(address({ 'train.steps': 100_000, 'evaluate.times': 1 }));
  await page.getByText('windows to train on').waitFor();
  const { keyboard } = page;

  await keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keyboard' });
  await sheet.waitFor();
  const keys = await sheet.getByRole('rowheader').allTextContents();
  expect(keys).toEqual([
    'K or Space',
    'S',
    'Shift R',
    'B',
    'N',
    '1',
    '2',
    '3',
    '4',
    '5',
    '6',
    '7',
    'L',
    'T',
    '?',
  ]);
  await keyboard.press('s');
  expect(await stepOf(page)).toBe(0);
  await keyboard.press('?');
  await sheet.waitFor({ state: 'hidden' });

  await keyboard.press('n');
  expect(await page.getByRole('radio', { name: 'Means only' }).isChecked()).toBe(true);
  await keyboard.press('n');
  expect(await page.getByRole('radio', { name: 'Sampled' }).isChecked()).toBe(true);
  for (const [index, name] of ['Losses', 'Scores', 'Runs', 'GPU', 'Log', 'Export', 'Sweep'].entries()) {
    await keyboard.press(String(index + 1));
    expect(await page.getByRole('tab', { name }).getAttribute('aria-selected')).toBe('true');
  }
  for (const theme of ['light', 'dark', null]) {
    await keyboard.press('t');
    expect(await query(page, 'theme')).toBe(theme);
  }

  await keyboard.press('1');
  const firstLoss = page.getByTestId('first-loss');
  await keyboard.press('s');
  await until(page, 'paused');
  expect(await stepOf(page)).toBe(1);
  const loss = await firstLoss.textContent();
  expect(loss).toMatch(/\d/);
  await keyboard.press('s');
  await page.locator('.run-status[data-step="2"]').waitFor();
  expect(await firstLoss.textContent()).toBe(loss);
  await keyboard.press('Shift+R');
  await until(page, 'idle');
  expect(await stepOf(page)).toBe(0);
  expect(await firstLoss.textContent()).toBe('–');
  await keyboard.press('s');
  await page.locator('.run-status[data-status="paused"][data-step="1"]').waitFor();
  expect(await firstLoss.textContent()).toBe(loss);
  await keyboard.press('k');
  await page.locator('.run-status[data-status="running"]:not([data-step="0"])').waitFor();
  await keyboard.press(' ');
  await until(page, 'paused');
  await keyboard.press('b');
  await page.locator('.run-status[data-status="running"]:not([data-step="0"])').waitFor();
  expect(await query(page, 'beside')).toBe('latent-diffusion');
  await keyboard.press('k');
  await until(page, 'paused');

  await keyboard.press('l');
  await page.getByRole('region', { name: 'Lesson', exact: true }).waitFor();
  await keyboard.press('l');
  expect(await query(page, 'lesson')).toBe(null);
  // The lesson gave the focus back to its button, and Space is that button's own.
  await keyboard.press(' ');
  await page.getByRole('region', { name: 'Lesson', exact: true }).waitFor();

  // A key that is typed into a field is the field's.
  await fieldOf(page, 'data.window').focus();
  await keyboard.press('n');
  expect(await query(page, 'mode')).toBe(null);
  expect(errors).toEqual([]);
});

test('where the link fixes the settings nothing but the lesson changes them, and every control says why', async () => {
  // Training both would set another method.
  const settings = { 'method.name': 'latent-diffusion', 'train.steps': 2, drawer: 'export', locked: 'true' };
  const { page, errors } = await openPage(address(settings));
  await page.getByText('windows to train on').waitFor();
  await page.getByText('Recorded runs, ').waitFor();
  const before = page.url();
  const reasons = {
    'Train both live': 'The settings are fixed by the link',
    'Shuffle the data': 'The data are fixed by the link',
    'Use my series': 'The data are fixed by the link',
    'Begin with weights…': 'The settings are fixed by the link',
  };
  for (const [name, reason] of Object.entries(reasons)) {
    await expect.poll(() => button(page, name).isDisabled()).toBe(true);
    expect(await button(page, name).getAttribute('title')).toBe(reason);
  }
  expect(await page.getByText('Train both here').count()).toBe(0);
  const open = page.locator('.setup :is(input, select, button):enabled');
  expect(await open.evaluateAll((all) => all.map((one) => one.outerHTML))).toEqual([]);
  await page.keyboard.press('b');
  await page.evaluate(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['x\n1\n2\n'], 'mine.csv'));
    document.body.dispatchEvent(new DragEvent('drop', { bubbles: true, dataTransfer }));
  });
  expect(page.url()).toBe(before);
  expect(await page.locator('.run-status').getAttribute('data-status')).toBe('idle');

  // What the teacher's lesson does is the teacher's own.
  await page.keyboard.press('l');
  const lesson = page.getByRole('region', { name: 'Lesson', exact: true });
  await lesson.waitFor();
  for (let next = 2; next <= 5; next++) await lesson.getByRole('button', { name: 'Next' }).click();
  await lesson.getByRole('button', { name: 'Do it on the screen' }).click();
  await until(page, 'finished');
  expect(await query(page, 'data.shuffle')).toBe('true');
  expect(await button(page, 'Shuffle the data').getAttribute('aria-pressed')).toBe('true');
  expect(errors).toEqual([]);
});

/** Drags a file from outside the browser over a place of the page, and lets go of it there. */
async function dropFrom(page: Page, path: string, at: { x: number; y: number }, seen: string): Promise<void> {
  const browser = await page.context().newCDPSession(page);
  const drag = (type: 'dragEnter' | 'dragOver' | 'drop') =>
    browser.send('Input.dispatchDragEvent', {
      type,
      ...at,
      data: { items: [], files: [path], dragOperationsMask: 1 },
    });
  await drag('dragEnter');
  await drag('dragOver');
  await page.getByTestId('drop-overlay').getByText(seen).waitFor();
  await drag('drop');
}

test('a dropped file does not leave a page whose link hides or fixes its data, and it says why it opens none', async () => {
  const { page, errors } = await openPage(`${address()}&hide=data`);
  const reasons = {
    'hide=data': 'This link hides the Data panel',
    'embed=true': 'This link hides the Data panel',
    'locked=true': 'The data are fixed by the link',
  };
  for (const [link, reason] of Object.entries(reasons)) {
    if (!page.url().endsWith(link)) await page.goto(new URL(`${address()}&${link}`, page.url()).href);
    await page.getByText('Recorded runs, ').waitFor();
    await page.evaluate(() => document.body.setAttribute('data-here', ''));
    await dropFrom(page, fileURLToPath(import.meta.url), { x: 300, y: 300 }, reason);
    await page.getByTestId('drop-overlay').waitFor({ state: 'detached' });
    expect(await page.locator('body[data-here]').count(), link).toBe(1);
  }
  expect(errors).toEqual([]);

  // Here the settings are fixed too: the handles of gamma and eta stand still.
  await page.getByText('windows to train on').waitFor();
  const before = page.url();
  const weight = page.locator('.setup circle[class*="weight"]').last();
  await weight.scrollIntoViewIfNeeded();
  const { x = 0, y = 0 } = (await weight.boundingBox()) ?? {};
  await page.mouse.move(x + 7, y + 7);
  await page.mouse.down();
  await page.mouse.move(x + 7, y + 40, { steps: 3 });
  await page.mouse.up();
  expect(page.url()).toBe(before);
});
