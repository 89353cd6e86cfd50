import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { address, button, curveOf, passForHardware, stepOf, until } from './actions.ts';
import { usePage } from './page.ts';

const openPage = usePage();
const compiled = / \d+ pipelines are compiled\./;

test('a sample is guessed, shown, trained on, and its curve moves', async () => {
  const settings = { 'train.steps': 24, 'evaluate.times': 4, drawer: 'memory' };
  const { page, errors } = await openPage(address(settings));
  expect(await page.title()).toContain('Posterior Lab');
  await chooseSample(page, 'Seattle weather, daily');
  const data = page.getByRole('region', { name: 'Data' });
  await data.getByText("'date' holds times.").waitFor();
  expect(await data.getByLabel('Time column').locator('option:checked').textContent()).toBe('date');
  for (const feature of ['precipitation', 'temp_max', 'temp_min', 'wind']) {
    expect(await data.getByRole('checkbox', { name: feature }).isChecked()).toBe(true);
  }
  await data.getByText('146 windows to train on').waitFor();

  await page.locator('input[name=method][value=latent-diffusion]').check();
  expect(await page.getByTestId('memory').textContent()).toMatch(/[KM]iB/);
  // The software GPU compiles what the run needs as the pointer comes to Run.
  expect(await page.getByText(compiled).count()).toBe(0);
  await page.locator('button:enabled', { hasText: /^Run$/ }).hover();
  await page.getByText(compiled).waitFor({ timeout: 60_000 });
  await button(page, 'Run').click();
  await until(page, 'finished');
  expect(await stepOf(page)).toBe(24);
  expect(await page.getByTestId('time').textContent()).toMatch(/^\d+ (s|min)/);
  const last = await curveOf(page);
  // The first curve is read by looking back: a quick machine is done before it could be read on the way.
  const scrubber = page.getByRole('slider', { name: /share from z by training step/ });
  await scrubber.press('Home');
  expect(await scrubber.getAttribute('aria-valuetext')).toBe('step 0');
  expect(await curveOf(page)).not.toBe(last);
  await scrubber.press('End');
  expect(await curveOf(page)).toBe(last);
  const headline = await page.getByTestId('headline').textContent();
  expect(headline).toMatch(/^At position 8 the decoder takes −?\d+\s%\sfrom z/);
  expect(await page.getByTestId('residual').textContent()).toMatch(/≤ [\d.]+(\s×\s10⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)?$/);
  expect(await page.getByTestId('run-series').count()).toBe(1);
  expect(await page.getByRole('radio', { name: 'Sampled' }).isChecked()).toBe(true);
  expect(errors).toEqual([]);
});

test('on a GPU what both methods need is compiled unasked; they train side by side; taking the noise away changes what is generated, and probes give verdicts', async () => {
  const settings = { 'train.steps': 6, 'evaluate.times': 2, drawer: 'memory' };
  const { page, errors } = await openPage(address(settings), {}, passForHardware);
  await page.getByText(compiled).waitFor({ timeout: 60_000 });
  expect(await page.locator('.run-status').getAttribute('data-status')).toBe('idle');
  await page.getByTestId('time').waitFor(); // a step was tried
  await button(page, 'Train both live').click();
  await until(page, 'finished');
  const headline = await page.getByTestId('headline').textContent();
  expect(headline).toMatch(/^At position 8 the left decoder takes .* from z, the right one/);
  expect(await page.getByTestId('run-series').count()).toBe(2);
  expect(new URL(page.url()).searchParams.get('beside')).toBe('latent-diffusion');

  // A tap: the pointer was never there before.
  const chart = page.locator('.hero-chart .recharts-surface').first();
  const { width = 0 } = (await chart.boundingBox()) ?? {};
  await chart.click({ position: { x: width / 2, y: 100 } });
  const row = page.getByLabel('Row of the dependence matrix').first();
  await row.waitFor();
  const marked = Number(new URL(page.url()).searchParams.get('position'));
  expect([4, 5, 6]).toContain(marked);
  await chart.click({ position: { x: width - 60, y: 100 } });
  await page.waitForURL(/[?&]position=8(&|$)/);

  await button(page, 'Take the noise away').click();
  expect(await page.getByRole('radio', { name: 'Means only' }).isChecked()).toBe(true);

  await button(page, 'Swap latents').click();
  const findings = page.getByTestId('probe-swap').locator('[data-finding]');
  await findings.nth(1).waitFor({ timeout: 60_000 });
  for (const finding of await findings.all()) {
    expect(await finding.textContent()).toMatch(/exchanging latents costs −?[\d.]+ ± [\d.]+ nats a step/);
  }
  await page.getByRole('tab', { name: 'Runs' }).click();
  const runs = page.getByRole('region', { name: 'Table of runs' });
  await runs.waitFor();
  expect(await runs.getByRole('row').count()).toBe(1 + 2 + 2); // header, the recorded pair, the live pair

  await button(page, 'Train both live').click(); // the pair is over: once more
  await page.locator('.run-status[data-status="running"]').waitFor();
  await until(page, 'finished');
  expect(await page.getByTestId('headline').textContent()).toBe(headline);
  expect(errors).toEqual([]);
});

async function chooseSample(page: Page, title: string): Promise<void> {
  await button(page, 'Built-in data…').click();
  await button(page, title).click();
}
