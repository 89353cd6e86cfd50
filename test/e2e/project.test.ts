import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { readProject } from '../../src/engine/export/project.ts';
import { readRun } from '../../src/engine/train/checkpoint.ts';
import { address, button, curveOf, fileOf, stepOf, until } from './actions.ts';
import { usePage } from './page.ts';

const openPage = usePage();
const settings = { 'train.steps': 12, 'evaluate.times': 2, 'method.name': 'latent-diffusion' };

const table = (page: Page) => page.getByRole('region', { name: 'Table of runs' });
/** Names in the table of runs, and of those that are drawn; the recorded ones left out. */
async function runs(page: Page): Promise<{ names: string[]; drawn: string[] }> {
  await page.getByRole('tab', { name: 'Runs' }).click();
  await table(page).waitFor();
  const rows = table(page).locator('tbody tr', { hasNotText: 'recorded' });
  const found = await rows.evaluateAll((all) =>
    all.map((row) => ({
      name: (row.querySelector('input.name') as HTMLInputElement).value,
      drawn: (row.querySelector('input[type=checkbox]') as HTMLInputElement).checked,
    })),
  );
  return {
    names: found.map(({ name }) => name),
    drawn: found.filter(({ drawn }) => drawn).map(({ name }) => name),
  };
}
async function saved(page: Page, label: string): Promise<{ name: string; bytes: Uint8Array }> {
  await page.getByRole('tab', { name: 'Export' }).click();
  const [file] = await Promise.all([page.waitForEvent('download'), button(page, label).click()]);
  return { name: file.suggestedFilename(), bytes: new Uint8Array(await readFile(await file.path())) };
}
async function give(page: Page, ...files: ReturnType<typeof fileOf>[]): Promise<void> {
  await page.getByRole('tab', { name: 'Export' }).click();
  await page.getByLabel('Project files').setInputFiles(files);
}

/** Drops a file onto the page, as a hand would. */
async function drop(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  await page.evaluate(
    ([name, bytes]) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([Uint8Array.from(bytes)], name));
      document.body.dispatchEvent(new DragEvent('drop', { bubbles: true, dataTransfer }));
    },
    [name, [...bytes]] as const,
  );
}

const rows = Array.from({ length: 160 }, (_, n) => `${n},${Math.sin(n / 3).toFixed(4)},${n % 7}`);
const csv = fileOf('pump.csv', `time,flow,shift\n${rows.join('\n')}\n`);

test('a run saved after a step goes on in another tab to the bits it would have had; the files of a class come into one picture; a run begins with the weights of a file', async () => {
  const { page, errors } = await openPage(address(settings));
  await page.getByText('windows to train on').waitFor();
  await page.getByLabel('CSV file').setInputFiles(csv);
  await page.getByText('pump.csv: 160 rows').waitFor();
  await page.getByRole('checkbox', { name: 'shift' }).uncheck();
  await page.getByText('1 chosen').waitFor();
  await button(page, 'Step').click();
  await until(page, 'paused');
  const [name = ''] = (await runs(page)).names;
  const whole = await saved(page, 'Save project');
  expect(whole.name).toBe('pump.posterior-lab.zip');
  expect(readProject(whole.bytes).data.table?.content).toEqual(new Uint8Array(csv.buffer));
  await page.getByText(/^With my data \(pump.csv/).click();
  const without = await saved(page, 'Save project');
  const { content, ...known } = readProject(without.bytes).data.table ?? {};
  expect([known, content]).toEqual([
    expect.objectContaining({ name: 'pump.csv', size: csv.buffer.length }),
    undefined,
  ]);
  await button(page, 'Run').click();
  await until(page, 'finished');
  const uninterrupted = await curveOf(page);

  const other = await openPage(address({ 'data.window': 16 }));
  const told = other.page.getByRole('region', { name: 'Projects' });
  await other.page.getByText('windows to train on').waitFor();
  await give(other.page, fileOf(without.name, without.bytes));
  await told.getByText('1 run was added.').waitFor();
  await told.getByText('pump.posterior-lab.zip was made with pump.csv').waitFor();
  const asked = other.page.getByLabel('Data of the project');
  await asked.setInputFiles(fileOf('pump.csv', 'time,flow\n1,2\n'));
  await told.getByText('is another file than the pump.csv').waitFor();
  await asked.setInputFiles(csv);
  await other.page.getByText('pump.csv: 160 rows').waitFor();
  expect(await other.page.getByRole('checkbox', { name: 'shift' }).isChecked()).toBe(false);
  expect(await other.page.locator('input[name="data.window"]').inputValue()).toBe('8');
  expect(await runs(other.page)).toEqual({ names: [name], drawn: [name] });
  await button(other.page, `Continue ${name}`).click();
  await until(other.page, 'finished');
  expect(await stepOf(other.page)).toBe(12);
  expect(await curveOf(other.page)).toBe(uninterrupted);
  expect(await other.page.getByText('Settings changed').count()).toBe(0);

  const people = ['ada', 'bo', 'cy', 'di', 'ed'];
  await give(
    other.page,
    ...people.map((who) => fileOf(`${who}.posterior-lab.zip`, whole.bytes)),
    fileOf('gil.posterior-lab.zip', whole.bytes.slice(0, -40)),
  );
  await told.getByText('5 runs of 5 projects were added; 4 are drawn').waitFor();
  await told.getByText('gil.posterior-lab.zip was not opened. This is not a project').waitFor();
  const all = await runs(other.page);
  expect(all.names).toEqual([name, ...people.map((who) => `${who}: ${name}`)]);
  expect(all.drawn).toEqual(people.slice(0, 4).map((who) => `${who}: ${name}`));

  // What was opened is saved again with what it can go on from, and what is live with its state.
  const again = readProject((await saved(other.page, 'Save project')).bytes).runs;
  expect(again.map(({ file }) => readRun(file).checkpoint?.counters.step)).toEqual([12, 1, 1, 1, 1, 1]);
  expect(other.errors).toEqual([]);
  await other.page.close();

  await beginsWithWeights(page, whole.bytes);
  expect(errors).toEqual([]);
});

/**
 * A run begins with the weights of a file; those that do not fit are refused by name; a project brings the settings back.
 * @param project of the run that has finished on the page, as it was before its end
 */
async function beginsWithWeights(page: Page, project: Uint8Array): Promise<void> {
  const weights = await saved(page, 'Save weights');
  await drop(page, 'mine.safetensors', weights.bytes);
  await page.getByTestId('start').getByText('begins with the weights of mine.safetensors').waitFor();
  await page.getByText('Settings changed: Run begins anew.').waitFor();
  await button(page, 'Run').click();
  await until(page, 'finished');
  const [first = '', second = ''] = (await runs(page)).names;

  const latent = page.getByRole('region', { name: 'Model' }).getByLabel('Latent size');
  await latent.fill('3');
  await latent.press('Enter');
  await page.getByText('Settings changed: Run begins anew.').waitFor();
  await button(page, 'Run').click();
  await until(page, 'failed');
  await page
    .getByRole('alert', { name: 'Failure' })
    .getByText(/'encoder\.[^']+' is \[.*sizes differ/)
    .waitFor();
  await button(page, 'Do not begin with the weights of mine.safetensors').click();
  expect(await page.getByTestId('start').count()).toBe(0);

  // Whoever asks for weights and gives a table is told so; the table is not opened in the place of the data.
  await page.getByRole('tab', { name: 'Export' }).click();
  await page.getByLabel('Weights', { exact: true }).setInputFiles(fileOf('table.csv', 'time,flow\n1,2\n'));
  const problem = page.getByText('table.csv was not opened. This is not a safetensors file');
  await problem.waitFor();
  const [below, head] = [await problem.boundingBox(), await page.locator('.top').boundingBox()];
  expect(below?.y).toBeGreaterThanOrEqual((head?.y ?? 0) + (head?.height ?? 0));
  expect(await page.getByTestId('dataset').textContent()).not.toContain('table.csv');

  await drop(page, 'project of today.zip', project);
  await page.getByRole('region', { name: 'Projects' }).getByText('1 run was added.').waitFor();
  await expect.poll(() => latent.inputValue()).toBe('4');
  const { names, drawn } = await runs(page);
  expect(names).toEqual([first, second, expect.any(String), `${first} 2`]);
  expect(drawn).toEqual([`${first} 2`]);
  expect(await button(page, `Continue ${first} 2`).isEnabled()).toBe(true);
  expect(await button(page, `Continue ${first}`).count()).toBe(0);
}
