import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { address, button } from './actions.ts';
import { usePage } from './page.ts';

const openPage = usePage();

test('N, M and λ_CS are chosen by short trainings, set with one press, and undone; a sweep says what it will take, draws its surface, and is stopped', async () => {
  const settings = { 'data.count': 60, 'train.steps': 10, 'method.lambdaCS': 0.7 };
  const { page, errors } = await openPage(address(settings));
  await button(page, 'Choose N, M and λ for me…').click();
  await page.getByRole('tab', { name: 'Sweep', selected: true }).and(page.locator(':focus')).waitFor();
  const section = page.getByRole('region', { name: 'Choose N, M and λ_CS' });
  const status = page.getByTestId('choice-status');
  await status.filter({ hasText: '16 steps' }).waitFor(); // eight runs of a fifth of 10
  await button(page, 'Choose for me').click();
  await status.filter({ hasText: /^\d of 8 runs/ }).waitFor();
  expect(await button(page, 'Sweep N and M').isDisabled()).toBe(true);
  await page
    .getByTestId('choice')
    .filter({ hasText: 'one standard error over 16 validation windows' })
    .waitFor({ timeout: 120_000 });
  const rows = await page.getByTestId('candidates').locator('tbody tr').allTextContents();
  expect(rows).toHaveLength(8);
  expect(rows.filter((text) => text.endsWith('chosen'))).toHaveLength(1);
  expect(rows[0]).toMatch(/^defaults50 \(97.%\)900/);

  expect(page.url()).toContain('lambdaCS=0.7');
  await section.getByRole('button', { name: 'Use these' }).click();
  await section.getByText('These are set.').waitFor();
  expect(page.url()).not.toContain('lambdaCS=0.7');
  await section.getByRole('button', { name: 'Undo' }).click();
  await section.getByRole('button', { name: 'Use these' }).waitFor();
  expect(page.url()).toContain('lambdaCS=0.7');

  await button(page, 'Choose for me').click();
  await button(page, 'Stop choosing').click();
  await status.filter({ hasText: /^Stopped: \d of 8 runs/ }).waitFor();
  expect(await page.getByTestId('choice').count()).toBe(0);

  await sweeps(page);
  expect(errors).toEqual([]);
});

/** A sweep says what it will take, draws its surface, and is stopped. */
async function sweeps(page: Page): Promise<void> {
  const status = page.getByTestId('sweep-status');
  await page.getByLabel('Grid').selectOption('2');
  const section = page.getByRole('region', { name: 'Surface over N and M' });
  await section.getByLabel('Steps each').selectOption('100');
  expect(await status.textContent()).toContain('400 steps');
  await button(page, 'Sweep N and M').click(); // waits until it can be pressed
  await status.filter({ hasText: /^1 of 4 runs/ }).waitFor({ timeout: 120_000 });
  await button(page, 'Stop the sweep').click();
  await status.filter({ hasText: /^Stopped: [12] of 4/ }).waitFor();
  await section.getByText('100 steps each on Reveal, seed 0;').waitFor();
  const surface = page.getByRole('img', {
    name: /^share from z, .* over 2 values of N and 2 of M; N \d+, M \d+: /,
  });
  const texts = await surface.locator('text').allTextContents();
  expect(texts.slice(0, 4).filter((text) => /^−?\d+\u00a0%(\u00a0†)?$/.test(text)).length).toBeGreaterThan(0);
}
