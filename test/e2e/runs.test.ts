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

test('two runs lie over each other; the table shows what differs; runs are renamed, deleted and brought back', async () => {
  const settings = { 'train.steps': 3, 'evaluate.times': 1, 'method.name': 'latent-diffusion' };
  const { page, errors } = await openPage(address({ ...settings, curves: 'global', drawer: 'runs' }));
  await page.getByText('windows to train on').waitFor();
  await button(page, 'Run').click();
  await until(page, 'finished');

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
  // The plot follows a moment after the run.
  const lines = page.getByRole('group', {
    name: `m_{t,0} over positions: left: Latent diffusion (${first}), right: Latent diffusion (${second})`,
  });
  await lines.waitFor();
  // Lines of two runs at full strength; the trails of earlier curves are thin.
  expect(await lines.locator('path.recharts-line-curve[stroke-width="2.75"]').count()).toBe(2);
  await page.getByText('Numbers', { exact: true }).click();
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
