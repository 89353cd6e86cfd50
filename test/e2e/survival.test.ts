import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { readCheckpoint } from '../../src/engine/train/checkpoint.ts';
import { address, button, until } from './actions.ts';
import { filesOf, keptStep } from './kept.ts';
import { usePage } from './page.ts';

const openPage = usePage();

const settings = { 'train.steps': 60, 'evaluate.times': 2, 'data.source': 'sines', drawer: 'runs' };
const pair = { ...settings, beside: 'latent-diffusion' };

const run = async (page: Page) => {
  await page.getByText('to train on').waitFor();
  await button(page, 'Run').click();
};

/** The checkpoints that a page keeps, by method. */
async function kept(page: Page): Promise<Map<string, Buffer>> {
  const files = await filesOf(page, 'runs');
  return new Map(
    files.map(({ bytes }) => [readCheckpoint(bytes).checkpoint.config.method.name, Buffer.from(bytes)]),
  );
}

test('a pair whose page was killed is resumed, and ends with the bits of one never interrupted', async () => {
  const whole = await openPage(address(pair));
  await run(whole.page);
  await until(whole.page, 'finished');
  await keptStep(whole.page, 60, 2);
  const expected = await kept(whole.page);

  const { page, errors } = await openPage(address({ ...pair, speed: 20 }));
  await run(page);
  await keptStep(page, 20, 2);
  await page.reload();
  const notice = page.getByRole('region', { name: 'Stopped run' });
  await notice.getByText(/ stopped at steps? \d+/).waitFor();
  await page.getByLabel('Speed').selectOption('');
  await notice.getByRole('button', { name: /^Resume both at step/ }).click();
  await until(page, 'finished');
  await keptStep(page, 60, 2);
  const resumed = await kept(page);
  expect([...resumed.keys()].toSorted()).toEqual(['latent-diffusion', 'posterior-stable']);
  // Weights, moments, counters, losses, curves, series and log: every byte.
  for (const [method, file] of resumed)
    expect(file.equals(expected.get(method) as Buffer), method).toBe(true);
  expect(await notice.count()).toBe(0);
  expect([...errors, ...whole.errors]).toEqual([]);
});
