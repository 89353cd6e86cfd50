import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { readProject } from '../../src/engine/export/project.ts';
import { readCheckpoint, readRun } from '../../src/engine/train/checkpoint.ts';
import { address, button, fileOf, until } from './actions.ts';
import { addKeptRuns, filesOf, keptStep } from './kept.ts';
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
  // The settings are the link's own, so one that fixes them does not stand in the way.
  const { page, errors } = await openPage(address({ ...pair, locked: 'true' }));
  await run(page);
  await until(page, 'finished');
  await keptStep(page, 60, 2);
  const expected = await kept(page);

  await page.getByLabel('Speed').selectOption('20');
  await button(page, 'Reset').click();
  await until(page, 'idle');
  // What was finished stays, and is forgotten here so that the files of what begins anew are alone.
  await expect.poll(() => page.getByText('finished, kept').count()).toBe(2);
  expect(await filesOf(page, 'runs')).toHaveLength(2);
  await button(page, 'Forget all…').click();
  await button(page, 'Forget all 2 for good').click();
  await expect.poll(() => filesOf(page, 'runs')).toEqual([]);
  await button(page, 'Run').click();
  await keptStep(page, 20, 2);
  await page.reload();
  const notice = page.getByRole('region', { name: 'Stopped run' });
  await notice.getByText(/ stopped at steps? \d+/).waitFor();
  await notice.getByRole('button', { name: 'Discard' }).click();
  await page.getByText(/^Deleted the runs .+ and .+\.$/).waitFor();
  expect(await notice.count()).toBe(0);
  await button(page, 'Undo').click();
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
  expect(errors).toEqual([]);
});

test('a run on a file of the user’s outlives its worker, wherever its files lay; once ended it comes back into the list, with its weights, unless it is damaged', async () => {
  const { page, errors } = await openPage(address({ ...settings, 'data.source': 'reveal', speed: 20 }));
  const rows = Array.from({ length: 120 }, (_, n) => `${n},${Math.sin(n / 3).toFixed(4)}`);
  await page.locator('input[type=file]').setInputFiles(fileOf('ward.csv', ['t,pulse', ...rows].join('\n')));
  await page.getByText("'t' holds times.").waitFor();
  await run(page);
  const name = page.getByRole('region', { name: 'Table of runs' }).getByRole('textbox').last();
  await name.fill('ward one');
  await name.press('Enter');
  await keptStep(page, 20);
  await page.workers()[0]?.evaluate(() => self.close());
  await moveToRoot(page);
  await page.reload();
  const notice = page.getByRole('region', { name: 'Stopped run' });
  await notice.getByText(/^ward one stopped at step \d+ of 60\.$/).waitFor();
  expect(await page.getByTestId('dataset').textContent()).not.toContain('ward.csv');
  await page.getByLabel('Speed').selectOption('');
  await notice.getByRole('button', { name: /^Resume at step/ }).click();
  await until(page, 'finished');
  expect(await page.getByTestId('dataset').textContent()).toContain('ward.csv');
  await keptStep(page, 60);
  expect(await filesOf(page, 'data')).toHaveLength(1);

  await page.reload();
  const row = page.getByRole('row').filter({ has: page.getByLabel('Name of ward one') });
  await row.getByText('finished, kept').waitFor();
  expect(await notice.count()).toBe(0);
  expect(await row.getByRole('checkbox').isChecked()).toBe(false);
  expect(await row.textContent()).toMatch(/60\d+\s%finished/);

  await page.getByRole('tab', { name: 'Export' }).click();
  const [project] = await Promise.all([page.waitForEvent('download'), button(page, 'Save project').click()]);
  const { runs } = readProject(new Uint8Array(await readFile(await project.path())));
  expect(runs.map(({ name, file }) => [name, readRun(file).checkpoint?.counters.step])).toEqual([
    ['ward one', 60],
  ]);
  await page.getByRole('tab', { name: 'Runs' }).click();
  await button(page, 'Load ward one').click();
  await until(page, 'finished');
  expect(await page.getByTestId('dataset').textContent()).toContain('ward.csv');
  expect(await page.locator('.run-status').getAttribute('data-step')).toBe('60');

  await damage(page);
  await page.reload();
  await page.getByText('The kept run ward one was removed, since it cannot be read').waitFor();
  await page.getByText('Runs that you train are kept in this browser').waitFor();
  expect([...(await filesOf(page, 'runs')), ...(await filesOf(page, 'data'))]).toEqual([]);
  expect(errors).toEqual([]);
});

test('a second tab keeps nothing until the first is closed; nor do a full storage and an embedded page; runs given up for newer ones are named', async () => {
  const { page: first, errors } = await openPage(address({ ...settings, 'train.steps': 4 }));
  await first.getByText('kept in this browser').waitFor();
  await addKeptRuns(first, 21);
  const names = async (on: Page) => (await filesOf(on, 'runs')).map(({ name }) => name).toSorted();
  const old = await names(first);
  expect(old).toHaveLength(21);
  const popup = first.waitForEvent('popup');
  await first.evaluate(() => void window.open(location.href));
  const page = await popup;
  await page.getByText('Another tab of this page keeps its runs. This one trains').waitFor();
  await run(page);
  await until(page, 'finished');
  expect(await names(page)).toEqual(old);

  await first.goto('about:blank');
  // What waited for its turn is kept then. The oldest is pinned.
  await page
    .getByRole('status')
    .getByText('Given up for newer runs: old 2. The last 20 are kept, and those that are pinned.')
    .waitFor();
  await page.getByText('21 runs are kept in this browser').waitFor();
  expect((await names(page)).filter((name) => !old.includes(name))).toHaveLength(1);
  await button(page, 'OK').click();
  expect(await page.getByText('Given up for newer runs').count()).toBe(0);
  const session = await page.context().newCDPSession(page);
  const { origin } = new URL(page.url());
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1000 });
  await button(page, 'Reset').click();
  await button(page, 'Run').click();
  await page.getByText('the browser’s storage for this page is full').first().waitFor();
  await until(page, 'finished');
  // The run before it is still kept.
  const others = (await names(page)).filter((name) => !old.includes(name));
  expect(others).toHaveLength(1);
  expect(await names(page)).toHaveLength(21);

  await session.send('Storage.overrideQuotaForOrigin', { origin });
  await button(page, 'Forget all…').click();
  await button(page, 'Forget all 21 for good').click();
  // The last checkpoint had no room, and has now.
  await page.getByText('1 run is kept in this browser').waitFor();
  await keptStep(page, 4);
  expect(await page.getByText('the browser’s storage for this page is full').count()).toBe(0);

  await button(page, 'Forget all…').click();
  await button(page, 'Forget the run for good').click();
  await page.getByText('Runs that you train are kept in this browser').waitFor();
  expect(await filesOf(page, 'runs')).toEqual([]);

  await page.goto(`${page.url()}&embed=true`);
  await button(page, 'Run').click();
  await until(page, 'finished');
  expect(await filesOf(page, 'runs')).toEqual([]);
  expect(errors).toEqual([]);
});

/** Moves what is kept to where an earlier version of the page kept it. */
const moveToRoot = (page: Page) =>
  page.evaluate(async () => {
    type Movable = FileSystemFileHandle & { move(to: FileSystemDirectoryHandle): Promise<void> };
    const root = await navigator.storage.getDirectory();
    const own = await root.getDirectoryHandle('posterior-lab');
    for (const name of ['runs', 'data']) {
      const [from, to] = [
        await own.getDirectoryHandle(name),
        await root.getDirectoryHandle(name, { create: true }),
      ];
      const files = from as unknown as { values(): AsyncIterable<Movable> };
      const all: Movable[] = [];
      for await (const file of files.values()) all.push(file);
      for (const file of all) await file.move(to);
    }
  });

/** Changes a byte in the middle of every checkpoint. */
const damage = (page: Page) =>
  page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await (await root.getDirectoryHandle('posterior-lab')).getDirectoryHandle('runs');
    for await (const file of (
      folder as unknown as { values(): AsyncIterable<FileSystemFileHandle> }
    ).values()) {
      const bytes = new Uint8Array(await (await file.getFile()).arrayBuffer());
      const at = bytes.length >> 1;
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      const writable = await file.createWritable();
      await writable.write(bytes);
      await writable.close();
    }
  });
