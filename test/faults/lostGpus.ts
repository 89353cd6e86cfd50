import type { Page } from 'playwright-core';
import { readCheckpoint } from '../../src/engine/train/checkpoint.ts';
import { button, inWorkers, until } from '../e2e/actions.ts';
import { keptStep } from '../e2e/kept.ts';
import { begin, finalFile, interval, openSlowly, randomMoment, steps, withBrowser } from './page.ts';

/** How the device of a training page goes: given up by the page's own worker, or with the browser's whole GPU process. */
const losses = {
  'device.destroy()': (page: Page) =>
    page.workers()[0]?.evaluate(() => Reflect.get(self, 'lastDevice').destroy()),
  'GPU process crashed': async (page: Page) => {
    const session = await page.context().browser()?.newBrowserCDPSession();
    // Its answer may go down with the process.
    await session?.send('Browser.crashGpuProcess').catch(() => {});
    await session?.detach();
  },
};
type Loss = keyof typeof losses;

interface Outcome {
  loss: Loss;
  /** The step that the page had reached, and the one that it went on from; NaN where it did not. */
  reached: number;
  back: number;
}

/** Runs in a worker before its own code: remembers the device it opened last. */
const rememberDevice = `{
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...options) {
    self.lastDevice = await request.apply(this, options);
    return self.lastDevice;
  };
}`;

/**
 * Takes the device of a training page away at random moments, `count` times. @returns whether the page went on each time,
 * with no more than an interval lost, and ended in the weights and losses of a run that kept its device
 */
export function loseGpus(count: number, random: () => number): Promise<boolean> {
  return withBrowser(async (context, url) => {
    await inWorkers(context, rememberDevice);
    const { page, reached } = await openSlowly(context, url);
    const outcomes: Outcome[] = [];
    await begin(page);
    for (let n = 0; n < count; n++) {
      const over = reached() > steps - 5 * interval;
      if (over) await beginAnew(page);
      // Three losses without a checkpoint between them are too many for any run.
      await keptStep(page, 1 + (over ? 0 : outcomes.at(-1)?.back || 0));
      await randomMoment(page, reached, random);
      const loss = Object.keys(losses)[n % 2] as Loss;
      outcomes.push({ loss, ...(await lose(page, loss, reached)) });
      console.log(`${n + 1} ${JSON.stringify(outcomes.at(-1))}`);
    }
    await page.getByLabel('Speed').selectOption('');
    const survivor = await end(page);
    await beginAnew(page);
    return report(outcomes, survivor === (await end(page)));
  });
}

const beginAnew = async (page: Page) => {
  await until(page, 'finished');
  await button(page, 'Reset').click();
  await begin(page);
};

/** @returns the step reached, and the one that the log says the run goes on from */
async function lose(page: Page, loss: Loss, reached: () => number): Promise<Omit<Outcome, 'loss'>> {
  await page.getByRole('tab', { name: 'Log' }).click();
  const lines = page.getByText(/Going on from step \d+ on a new device/);
  const before = await lines.count();
  const at = reached();
  await losses[loss](page);
  // The log has the latest line first.
  const told = await lines
    .nth(before)
    .waitFor({ timeout: 60_000 })
    .then(
      () => lines.first().textContent(),
      () => null,
    );
  const back = Number(/Going on from step (\d+)/.exec(told ?? '')?.[1] ?? Number.NaN);
  return { reached: at, back };
}

/** Lets the run end. @returns its weights, moments and counters, as text */
async function end(page: Page): Promise<string> {
  await until(page, 'finished', 'failed');
  await keptStep(page, steps);
  const { tensors, counters } = readCheckpoint(await finalFile(page)).checkpoint;
  const bits = [...tensors].map(([name, { data }]) => [
    name,
    Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
  ]);
  return JSON.stringify([counters, bits.toSorted()]);
}

function report(outcomes: readonly Outcome[], same: boolean): boolean {
  console.log('| device lost by | times | went on | steps trained again, mean | at the most |');
  console.log('| --- | --- | --- | --- | --- |');
  for (const loss of Object.keys(losses)) {
    const these = outcomes.filter((one) => one.loss === loss);
    const repeated = these
      .filter(({ back }) => !Number.isNaN(back))
      .map(({ reached, back }) => Math.max(0, reached - back));
    const mean = repeated.reduce((sum, one) => sum + one, 0) / Math.max(1, repeated.length);
    console.log(
      `| ${[loss, these.length, repeated.length, mean.toFixed(1), Math.max(0, ...repeated)].join(' | ')} |`,
    );
  }
  console.log(`The last run ended ${same ? 'in the weights of' : 'unlike'} one that kept its device.`);
  return same && outcomes.every(({ reached, back }) => reached - back <= interval);
}
