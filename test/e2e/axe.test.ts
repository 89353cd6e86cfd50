import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { address, button, takeWebGpuAway, until } from './actions.ts';
import { violations } from './axe.ts';
import { usePage } from './page.ts';

const openPage = usePage();

/**
 * Collects what axe finds screen by screen, so that one run tells of all of them. Each is looked at in the light theme, and its
 * colours again in the dark one: the page follows the system.
 */
function inspector(page: Page) {
  const found: Record<string, string[]> = {};
  return {
    found,
    async inspect(screen: string, within?: string): Promise<void> {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.locator(`html[data-theme=${colorScheme}]`).waitFor();
        const lines = await violations(page, within, colorScheme === 'dark');
        if (lines.length > 0) found[`${screen}, ${colorScheme}`] = lines;
      }
    },
  };
}

test('axe finds nothing wrong with the recorded pair, and in every dialog', async () => {
  const { page } = await openPage(address());
  const { found, inspect } = inspector(page);
  await page.getByText('Recorded runs').waitFor();
  await page.getByText('windows to train on').waitFor();
  await inspect('first screen');
  for (const name of ['Built-in data…', 'Paste a table…', 'USGS catalogue…', 'About', 'Keyboard shortcuts']) {
    await button(page, name).click();
    await page.getByRole('dialog').waitFor();
    await inspect(name, 'dialog[open]');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }
  await page.getByText('Link options').click();
  await inspect('link options', '.top');
  expect(found).toEqual({});
});

test('axe finds nothing wrong in the lesson, on a slide, and without WebGPU', async () => {
  const { page } = await openPage(address({ lesson: 1 }));
  const { found, inspect } = inspector(page);
  const lesson = page.getByRole('region', { name: 'Lesson', exact: true });
  await page.getByText('Recorded runs').waitFor();
  await inspect('lesson');
  for (const number of [1, 4]) {
    const part = 'section[aria-label=Lesson]';
    await lesson.getByRole('button', { name: new RegExp(`^Page ${number}`) }).click();
    await inspect(`lesson, page ${number}`, part);
    await lesson.getByRole('radio').first().check();
    await button(page, 'Answer').click();
    await inspect(`lesson, page ${number} answered`, part);
  }
  await page.goto(page.url().replace('lesson=4', 'embed=true'));
  await page.getByText('Recorded runs').waitFor();
  await inspect('slide');
  await takeWebGpuAway(page);
  await page.goto(page.url().replace('&embed=true', ''));
  await page.getByRole('alert', { name: 'No WebGPU' }).waitFor();
  await inspect('no WebGPU');
  expect(found).toEqual({});
});

test('axe finds nothing wrong with a live pair, its probes, its matrix and every tab', async () => {
  const few = { 'train.steps': 6, 'evaluate.times': 2, 'evaluate.costly': 'false' };
  const { page } = await openPage(address({ ...few, position: 5 }));
  const { found, inspect } = inspector(page);
  await page.getByText('windows to train on').waitFor();
  await button(page, 'Train both live').click();
  await until(page, 'finished');
  for (const name of ['Swap latents', 'Draw z from N(0, I)', 'Set z to 0', 'Shuffle positions']) {
    await button(page, name).click();
    const findings = page.getByRole('region', { name, exact: true }).locator('[data-finding]');
    await findings.nth(1).waitFor();
  }
  await page.getByLabel('Row of the dependence matrix').first().waitFor();
  await page.getByRole('tab', { name: 'Scores' }).click();
  await button(page, 'Compute scores').click();
  await page.getByTestId('scores').waitFor({ timeout: 120_000 });
  await inspect('live pair');
  for (const name of ['Losses', 'Scores', 'Runs', 'GPU', 'Log', 'Export', 'Sweep']) {
    await page.getByRole('tab', { name }).click();
    await page.getByRole('region', { name, exact: true }).waitFor();
    await inspect(name, '.drawer');
  }
  expect(found).toEqual({});
});
