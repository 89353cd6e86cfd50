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
  const note = (screen: string, lines: string[]) => {
    if (lines.length > 0) found[screen] = lines;
  };
  const inspect = async (screen: string, within?: string): Promise<void> => {
    for (const [colorScheme, rules] of [
      ['light', 'all'],
      ['dark', 'colours'],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.locator(`html[data-theme=${colorScheme}]`).waitFor();
      note(`${screen}, ${colorScheme}`, await violations(page, within, rules));
    }
  };
  return {
    found,
    inspect,
    /** The structure of the whole page, and the colours of the part that is new in it. */
    async inspectAround(screen: string, part: string): Promise<void> {
      note(`${screen}, as a whole`, await violations(page, 'html', 'structure'));
      await inspect(screen, part);
    },
  };
}

test('axe finds nothing wrong with the recorded pair, in every dialog, in the lesson, on a slide, and without WebGPU', async () => {
  const { page } = await openPage(address());
  const { found, inspect, inspectAround } = inspector(page);
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
  await page.getByText('Link options').click();

  await button(page, 'Lesson').click();
  const lesson = page.getByRole('region', { name: 'Lesson', exact: true });
  const part = 'section[aria-label=Lesson]';
  await lesson.getByText('Lesson, page 1 of 8').waitFor();
  await inspectAround('lesson, page 1', part);
  for (const number of [1, 4]) {
    if (number > 1) {
      await lesson.getByRole('button', { name: new RegExp(`^Page ${number}`) }).click();
      await inspect(`lesson, page ${number}`, part);
    }
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
