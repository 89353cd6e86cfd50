import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { usePage } from './page.ts';

const openPage = usePage();

/** Sizes at which a software adapter makes a step and a curve in fractions of a second. */
const tiny = {
  'data.window': 8,
  'data.stride': 8,
  'model.hiddenSize': 8,
  'model.latentSize': 4,
  'model.tokenSize': 8,
  'train.batchSize': 8,
  'train.denoiserBatchSize': 8,
  'diffusion.width': 16,
  'diffusion.blocks': 1,
  'diffusion.sampleSteps': 4,
  'evaluate.dependenceSeries': 4,
  'evaluate.quadrature': 8,
};

function address(settings: Record<string, string | number> = {}): string {
  const entries = Object.entries({ ...tiny, ...settings }).map(([key, value]) => [key, String(value)]);
  return `?${new URLSearchParams(entries)}`;
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** Waits until the run is in one of these states. */
async function until(page: Page, ...states: string[]): Promise<void> {
  const selector = states.map((state) => `.run-status[data-status="${state}"]`).join(',');
  await page.locator(selector).waitFor({ timeout: 120_000 });
}

const stepOf = async (page: Page) => Number(await page.locator('.run-status').getAttribute('data-step'));

/** The dependence curve as its table has it. */
async function curveOf(page: Page): Promise<string> {
  const table = page.getByTestId('dependence-table').locator('tbody');
  await table.waitFor({ state: 'attached' });
  return (await table.textContent()) ?? '';
}

test('a sample is guessed, shown, trained on, and its curve moves', async () => {
  const { page, errors } = await openPage(address({ 'train.steps': 24, 'evaluate.times': 4 }));
  await button(page, 'Seattle weather, daily').click();
  const data = page.getByRole('region', { name: 'Data' });
  await data.getByText("'date' holds times.").waitFor();
  expect(await data.getByLabel('Time column').locator('option:checked').textContent()).toBe('date');
  for (const feature of ['precipitation', 'temp_max', 'temp_min', 'wind']) {
    expect(await data.getByRole('checkbox', { name: feature }).isChecked()).toBe(true);
  }
  await data.getByText('146 windows to train on').waitFor();
  expect(await data.getByRole('img').count()).toBe(3);

  await page.locator('input[name=method][value=latent-diffusion]').check();
  expect(await page.getByTestId('memory').textContent()).toMatch(/[KM]iB/);
  await button(page, 'Run').click();
  const first = await curveOf(page);
  await until(page, 'finished');
  expect(await stepOf(page)).toBe(24);
  expect(await curveOf(page)).not.toBe(first);
  const headline = await page.getByTestId('headline').textContent();
  expect(headline).toMatch(/^At position 8 the decoder takes -?\d+\s%\sfrom z/);
  expect(await page.getByTestId('residual').textContent()).toMatch(/≤ [\d.e-]+$/);
  const series = page.getByRole('region', { name: 'Series' });
  expect(await series.getByRole('img').count()).toBe(6);
  expect(await page.getByTestId('mode').textContent()).toBe('sampled');
  expect(errors).toEqual([]);
});

/** Runs in the page: presses Pause and measures the milliseconds until the trainer has stopped. */
async function pressPause(): Promise<number> {
  const status = document.querySelector('.run-status') as HTMLElement;
  const pause = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'Pause');
  return new Promise((resolve) => {
    const pressed = performance.now();
    new MutationObserver(() => {
      if (status.dataset.status === 'paused') resolve(performance.now() - pressed);
    }).observe(status, { attributes: true });
    pause?.click();
  });
}

test('Pause answers within 100 ms, and the run goes on from there', async () => {
  const { page, errors } = await openPage(address({ 'train.steps': 100_000, 'evaluate.times': 1 }));
  await button(page, 'Run').click();
  await page.locator('.run-status:not([data-step="0"])').waitFor({ timeout: 120_000 });
  const waits: number[] = [];
  for (let k = 0; k < 5; k++) {
    waits.push(await page.evaluate(pressPause));
    const step = await stepOf(page);
    await button(page, 'Run').click();
    await page.waitForFunction((before) => {
      const status = document.querySelector('.run-status') as HTMLElement;
      return Number(status.dataset.step) > before;
    }, step);
  }
  // The median: the machine that runs this may be busy with something else for a moment.
  expect(waits.sort((a, b) => a - b)[2]).toBeLessThan(100);
  expect(errors).toEqual([]);
});

test('Step makes one step, and Reset goes back to the same first loss', async () => {
  const { page, errors } = await openPage(address({ 'train.steps': 50 }));
  const firstLoss = page.getByTestId('first-loss');
  await button(page, 'Step').click();
  await until(page, 'paused');
  expect(await stepOf(page)).toBe(1);
  const loss = await firstLoss.textContent();
  expect(loss).toMatch(/\d/);
  await button(page, 'Step').click();
  await page.locator('.run-status[data-step="2"]').waitFor();
  expect(await firstLoss.textContent()).toBe(loss);

  await button(page, 'Reset').click();
  await until(page, 'idle');
  expect(await stepOf(page)).toBe(0);
  expect(await firstLoss.textContent()).toBe('–');
  await button(page, 'Step').click();
  await page.locator('.run-status[data-status="paused"][data-step="1"]').waitFor();
  expect(await firstLoss.textContent()).toBe(loss);
  expect(errors).toEqual([]);
});
