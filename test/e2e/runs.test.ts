import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { address, button, until } from './actions.ts';
import { usePage } from './page.ts';

const openPage = usePage();

const table = (page: Page) => page.getByRole('region', { name: 'Table of runs' });
const headers = async (page: Page) =>
  (await table(page).getByRole('columnheader').allTextContents()).slice(2);
const names = (page: Page) =>
  table(page)
    .getByRole('textbox')
    .evaluateAll((fields) => fields.map((field) => (field as HTMLInputElement).value));

test('figures and tables of a run are saved; two runs lie over each other; the table shows what differs; runs are renamed, deleted and brought back', async () => {
  const settings = { 'train.steps': 3, 'evaluate.times': 1, 'method.name': 'latent-diffusion' };
  const { page, errors } = await openPage(address(settings));
  await page.getByText('windows to train on').waitFor();
  await button(page, 'Run').click();
  await until(page, 'finished');
  // The plot follows a moment after the run.
  await page.getByRole('group', { name: 'over positions: Latent diffusion' }).waitFor();
  await savesFigures(page);
  await page.getByRole('region', { name: 'Dependence' }).getByRole('combobox').selectOption('global');

  // The recorded pair differs from the run in many settings, which counts only while it is drawn.
  const standing = ['Method', 'Data', 'Steps', 'From z, last position', 'Status', 'Actions'];
  expect(await headers(page)).toEqual(standing);
  await page.getByRole('checkbox', { name: 'Draw recorded' }).first().check();
  expect((await headers(page)).length).toBeGreaterThan(standing.length + 3);
  for (const name of (await names(page)).filter((one) => one.startsWith('recorded'))) {
    await button(page, `Delete ${name}`).click();
  }
  const [first = ''] = await names(page);
  expect(await names(page)).toHaveLength(1);
  expect(await headers(page)).toEqual(standing);

  await button(page, `Pin ${first}`).click();
  const latent = page.getByRole('region', { name: 'Model' }).getByLabel('Latent size');
  await latent.fill('3');
  await latent.press('Enter');
  await page.getByText('Settings changed: Run begins anew.').waitFor();
  await button(page, 'Run').click();
  await until(page, 'finished');

  expect(await headers(page)).toEqual([...standing.slice(0, 2), 'Latent size', ...standing.slice(2)]);
  expect(await table(page).locator('tbody td:nth-child(5)').allTextContents()).toEqual(['4', '3']);
  const [, second = ''] = await names(page);
  expect(new Set([first, second]).size).toBe(2);
  const lines = page.getByRole('group', {
    name: `m_{t,0} over positions: left: Latent diffusion (${first}), right: Latent diffusion (${second})`,
  });
  await lines.waitFor();
  // Lines of two runs at full strength; the trails of earlier curves are thin.
  expect(await lines.locator('path.recharts-line-curve[stroke-width="2.75"]').count()).toBe(2);
  expect(await page.getByTestId('dependence-table').locator('tbody tr').count()).toBe(2 * 8);

  const field = page.getByLabel(`Name of ${first}`);
  await field.fill('eight latents');
  await field.press('Enter');
  await page.getByText('left: Latent diffusion (eight latents)').first().waitFor();

  await button(page, 'Delete eight latents').click();
  await page.getByText('Deleted the run eight latents.').waitFor();
  expect(await names(page)).toEqual([second]);
  expect(await button(page, `Delete ${second}`).isEnabled()).toBe(false);
  await button(page, 'Undo').click();
  expect(await names(page)).toEqual(['eight latents', second]);
  await page.getByRole('checkbox', { name: 'Draw eight latents' }).uncheck();
  await page.getByRole('group', { name: 'm_{t,0} over positions: Latent diffusion', exact: true }).waitFor();
  expect(await page.getByTestId('dependence-table').locator('tbody tr').count()).toBe(8);
  expect(errors).toEqual([]);
});

/** Saves by the menu of one figure or table. @returns the file's name and content */
async function save(page: Page, what: string, format: string): Promise<{ name: string; content: Buffer }> {
  const coming = page.waitForEvent('download');
  await button(page, `Save ${what}`).click();
  await page.getByRole('menuitem', { name: format, exact: true }).click();
  const download = await coming;
  return { name: download.suggestedFilename(), content: await readFile(await download.path()) };
}

/** The rows of a table of the page, as texts. */
const cells = (page: Page, testId: string) =>
  page
    .getByTestId(testId)
    .locator('tr')
    .evaluateAll((rows) =>
      rows.map((row) => [...row.querySelectorAll('th, td')].map((cell) => cell.textContent ?? '')),
    );

/** A figure is saved as SVG, PNG and CSV, a table as Markdown and LaTeX. */
async function savesFigures(page: Page): Promise<void> {
  const headline = (await page.getByTestId('headline').textContent()) ?? '';

  const svg = await save(page, 'dependence', 'SVG');
  expect(svg.name).toBe('dependence.svg');
  const parsed = await page.evaluate((text) => {
    const picture = new DOMParser().parseFromString(text, 'image/svg+xml');
    return {
      broken: picture.querySelector('parsererror') !== null,
      title: picture.querySelector('title')?.textContent,
      lines: [...picture.querySelectorAll('path')].filter(({ attributes }) =>
        /^M[\d.,-]+[LC]/.test(attributes.getNamedItem('d')?.value ?? ''),
      ).length,
      texts: [...picture.querySelectorAll('text')].map(({ textContent }) => textContent?.trim()),
    };
  }, svg.content.toString());
  expect(parsed.broken).toBe(false);
  expect(parsed.title).toMatch(/ Training step \d+\.$/);
  expect(parsed.title?.startsWith(headline)).toBe(true);
  expect(parsed.lines).toBeGreaterThanOrEqual(2);
  expect(parsed.texts).toContain('position t in the series');
  // A saved figure needs nothing of the page: no style sheet's variable, nothing from elsewhere.
  expect(svg.content.toString()).not.toMatch(/var\(--|href="http/);

  const png = await save(page, 'dependence', 'PNG');
  expect(png.name).toBe('dependence.png');
  expect(png.content.subarray(1, 4).toString()).toBe('PNG');
  const chart = await page.locator('.hero-chart').boundingBox();
  expect(png.content.readUInt32BE(16)).toBeGreaterThan(2 * (chart?.width ?? 0));
  expect(png.content.length).toBeGreaterThan(10_000);

  await page.getByText('Numbers', { exact: true }).click();
  const [columns, ...shown] = await cells(page, 'dependence-table');
  const csv = await save(page, 'dependence', 'CSV');
  expect(csv.name).toBe('dependence.csv');
  const lines = csv.content.toString().trim().split('\n');
  expect(lines).toHaveLength(1 + 8);
  // The screen lowers the subscripts that the file writes as `_{t,0}`.
  expect(lines[0]?.replaceAll(/"|_\{|\}/g, '')).toBe(columns?.join(','));
  const saved = lines.slice(1).map((line) => line.split(','));
  expect(
    saved.map(([run, step, t, ...numbers]) => [run, step, t, ...numbers.map((n) => Number(n).toFixed(4))]),
  ).toEqual(shown);

  const series = await save(page, 'series', 'CSV');
  expect(series.content.toString()).toMatch(/^run,step,kind,feature,series,position,value\n/);
  expect(series.content.toString()).toContain(',"generated, sample",x,1,8,');

  const losses = (await save(page, 'losses', 'SVG')).content.toString();
  expect(losses).toContain('href="data:image/png');
  expect(losses).toContain('Likelihood');
  expect(losses).not.toContain('Smoothing');

  await page.getByRole('tab', { name: 'Runs' }).click();
  const name = await page
    .getByRole('region', { name: 'Table of runs' })
    .getByRole('textbox')
    .last()
    .inputValue();
  const markdown = (await save(page, 'runs', 'Markdown')).content.toString().trim().split('\n');
  expect(markdown[0]).toMatch(/^\| name \| method \| data \|/);
  expect(markdown[1]).toMatch(/^(\| ---:? )+\|$/);
  expect(markdown.at(-1)).toContain(`| ${name} | latent-diffusion | Reveal |`);
  const latex = (await save(page, 'runs', 'LaTeX')).content.toString();
  expect(latex).toMatch(/^\\begin\{tabular\}\{[lr]+\}\n/);
  expect(latex).toContain(`${name} & latent-diffusion & Reveal &`);
  expect(latex).toContain('$m_{t,0}$');
}
