import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { metrics } from '../../src/engine/metrics/index.ts';
import { defaults } from '../../src/engine/train/config.ts';
import type { EvaluationReport } from '../../src/engine/train/evaluationReport.ts';
import type { ReportData, ReportRun } from '../../src/engine/train/reportData.ts';
import { reportPage } from '../../src/node/commands/reportPage.ts';
import { button } from './actions.ts';
import { launchBrowser } from './browser.ts';

const seqLen = 8;
const positions = Array.from({ length: seqLen }, (_, t) => t + 1);
const score = { value: 1.25, floor: 0.5, zero: 2 };
const scores = Object.fromEntries(metrics.map(({ name }) => [name, score]));
const share = { last: 0.2, lastThird: 0.2 };
const points = positions.map((position) => ({
  ...{ position, m0: 1 / position, m0q25: 0.8 / position, m0q75: 1.2 / position },
  ...{ mLocal: 0.5, mLocalQ25: 0.4, mLocalQ75: 0.6 },
}));
const perStep = { all: -3.5952678123, lastThird: -3.5, error: { all: 0.032, lastThird: 0.04 } };

const evaluation = {
  logLikelihood: perStep,
  swap: perStep,
  noise: perStep,
  control: { correlation: 0.5, spread: 0.9 },
  dependence: { points, residual: 0, quadrature: 8, series: 4, trusted: true, m0: share, mLocal: share },
  scores: { sample: scores, 'noise-not-fed-back': scores, mean: scores },
  counts: { heldOut: 100, windows: 100, generated: 100, scored: 100, comparison: 50 },
  seeds: { data: 0, train: 0, evaluation: 0 },
  notes: [],
} as unknown as EvaluationReport;

const run = (label: string): ReportRun => ({
  label,
  dataset: 'reveal',
  config: defaults,
  steps: 20,
  losses: Array.from({ length: 20 }, (_, step) => [step, 3, 300 - step, 1, 1 - step / 40, 0, 1, 1e-3]),
  curves: [0, 20].map((step) => ({
    step,
    residual: 0,
    points: points.map((point) => Object.values(point)),
  })),
  evaluation,
  matrix: { values: positions.flatMap(() => positions.map((j) => 1 / j)), seqLen, series: 4, residual: 0 },
  notes: [],
});

const runs = ['Posterior-stable (a)', 'Posterior-stable (b)'];
const report: ReportData = { title: 'Two', version: '1', date: '', runs: runs.map(run), notes: [] };

let [folder, address] = ['', ''];
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-'));
  const file = join(folder, 'report.html');
  await writeFile(file, await reportPage(report));
  address = pathToFileURL(file).href;
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

async function opened(colorScheme: 'light' | 'dark', width = 1440): Promise<Page> {
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
  await page.goto(address);
  await page.locator('.loss-chart canvas').first().waitFor();
  return page;
}

const canvases = (page: Page) =>
  page.evaluate(() => [...document.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL()));

/** What a sheet of paper would show: the canvases, what reaches beyond its edge, and the rows that are out of sight. */
interface Sheet {
  canvases: string[];
  beyond: string[];
  unseen: number;
}

/** Prints a page, and looks at it while it is laid out for the sheet. */
async function printed(page: Page): Promise<Sheet> {
  await page.evaluate(() => {
    matchMedia('print').addEventListener('change', ({ matches }) => {
      if (!matches) return;
      const edge = document.documentElement.clientWidth + 1;
      const drawn = [...document.querySelectorAll('svg, canvas, table')];
      const scrolled = [...document.querySelectorAll('.scroll')];
      const sheet: Sheet = {
        canvases: [...document.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL()),
        beyond: drawn.filter((one) => one.getBoundingClientRect().right > edge).map((one) => one.outerHTML),
        unseen: scrolled.filter(({ clientHeight, scrollHeight }) => scrollHeight > clientHeight).length,
      };
      Object.assign(window, { sheet });
    });
  });
  await page.pdf({ format: 'A4' });
  return page.evaluate(() => (window as unknown as { sheet: Sheet }).sheet);
}

test('on paper nothing is cut off, and a dark screen prints what a light one does', async () => {
  const [light, dark] = [await opened('light'), await opened('dark')];
  const before = await canvases(dark);
  const [onLight, onDark] = [await printed(light), await printed(dark)];
  expect(onLight.beyond).toEqual([]);
  expect(onLight.unseen).toBe(0);
  expect(onLight.canvases.length).toBeGreaterThan(4);
  expect(onDark.canvases.map((image, n) => image === onLight.canvases[n])).not.toContain(false);
  expect(await canvases(dark)).toEqual(before);
});

test.each([1440, 390])('at %i pixels every row of every table is in sight', async (width) => {
  const page = await opened('light', width);
  const tables = await page
    .locator('.scroll')
    .evaluateAll((all) => all.map(({ clientHeight, scrollHeight }) => scrollHeight - clientHeight));
  expect(tables).toEqual(tables.map(() => 0));
  expect(await page.getByTestId('scores').first().locator('tbody tr').count()).toBe(metrics.length);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});

test('the files of one report call a run by one name, and a picture of losses says which line is whose', async () => {
  const page = await opened('light');
  const saved = async (what: string, format: string) => {
    const coming = page.waitForEvent('download');
    await button(page, `Save ${what}`).click();
    await page.getByRole('menuitem', { name: format, exact: true }).click();
    return readFile(await (await coming).path(), 'utf8');
  };
  for (const what of ['dependence', 'losses', 'scores']) {
    const [, ...rows] = (await saved(what, 'CSV')).trim().split('\n');
    expect([...new Set(rows.map((row) => row.split(',')[0]))]).toEqual(runs);
  }
  const picture = await saved('losses', 'SVG');
  for (const label of runs) expect(picture).toContain(`>${label}</text>`);
  expect(await saved('tests', 'CSV')).toContain('"Posterior-stable (a), standard error"');
  expect(await saved('tests', 'CSV')).toContain('Log-likelihood (nats / step),-3.5952678123,0.032,');
  expect(await saved('tests', 'LaTeX')).toContain('\\begin{tabular}{lrr}\n  \\toprule');
});
