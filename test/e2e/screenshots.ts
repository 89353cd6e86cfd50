import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { address, button, fileOf, takeWebGpuAway, until } from './actions.ts';
import { launchBrowser } from './browser.ts';
import { servedPage } from './builtPage.ts';
import { keptStep } from './kept.ts';

const sizes = { laptop: [1440, 900], phone: [390, 844], projector: [1920, 1080] } as const;
const themes = ['light', 'dark'] as const;

/** Takes a picture of what the page shows, in every size and theme. */
type Snap = (screen: string) => Promise<void>;

/** A tour through screens that follow from one another on one page. */
interface Tour {
  path: string;
  screens: string[];
  go(page: Page, snap: Snap): Promise<void>;
}

const dialogs = ['Built-in data…', 'Paste a table…', 'USGS catalogue…', 'About', 'Keyboard shortcuts'];
const probes = ['Swap latents', 'Draw z from N(0, I)', 'Set z to 0', 'Shuffle positions'];
const tabs = ['Losses', 'Scores', 'Runs', 'GPU', 'Log'];
/** Sizes at which a software adapter trains a pair in half a minute. */
const small = { 'data.window': 24, 'data.stride': 24, 'train.steps': 60, 'evaluate.times': 5 };

const ready = (page: Page) => page.getByText('windows to train on').waitFor();
const recording = (page: Page) => page.getByText('Recorded runs, ').waitFor();
/** Until the recording has played, however slow the machine. */
const played = (page: Page) =>
  page.waitForFunction(
    () =>
      /^Recorded runs, training step [\d,]+$/.test(document.querySelector('.hero-head p')?.textContent ?? ''),
    undefined,
    {
      timeout: 120_000,
    },
  );
/** Brings a region to the top of the column that scrolls with it. */
const scrollTo = (page: Page, name: string) =>
  page
    .getByRole('region', { name, exact: true })
    .evaluate((element) => element.scrollIntoView({ block: 'start' }));

const tours: Tour[] = [
  {
    path: '',
    screens: ['first', 'model', ...dialogs.map(slug), 'link-options', 'advanced', 'bad-file', 'own-file'],
    async go(page, snap) {
      await recording(page);
      await ready(page);
      await played(page);
      await snap('first');
      await scrollTo(page, 'Model');
      await snap('model');
      for (const name of dialogs) {
        await button(page, name).click();
        await page.getByRole('dialog').waitFor();
        await snap(slug(name));
        await page.keyboard.press('Escape');
      }
      await page.getByText('Link options').click();
      await snap('link-options');
      await page.getByText('Link options').click();
      await page.getByText('Advanced', { exact: true }).click();
      await snap('advanced');
      await page.getByText('Advanced', { exact: true }).click();
      const input = page.locator('input[type=file]').first();
      await input.setInputFiles(fileOf('ward.csv', 'id,t,x\na,1,2\na,2,three\n'));
      await page.getByRole('alert').first().waitFor();
      await snap('bad-file');
      await input.setInputFiles(fileOf('ward.csv', ward()));
      await page.getByTestId('dataset').getByText('ward.csv').waitFor();
      await page.waitForTimeout(1000);
      await snap('own-file');
    },
  },
  {
    path: address(small),
    screens: [
      ...['training', 'finished', 'probes', 'shuffled', 'reverse', 'matrix'],
      ...[...tabs.map(slug), 'means', 'verified', 'own-bundle', 'resume'],
    ],
    async go(page, snap) {
      await ready(page);
      await button(page, 'Train both live').click();
      await page.locator('.run-status:not([data-step="0"])').waitFor({ timeout: 120_000 });
      await snap('training');
      await until(page, 'finished');
      await snap('finished');
      for (const name of probes) {
        await button(page, name).click();
        const findings = page.getByRole('region', { name, exact: true }).locator('[data-finding]');
        await findings.nth(1).waitFor({ timeout: 120_000 });
      }
      await snap('probes');
      await scrollTo(page, 'Shuffle positions');
      await snap('shuffled');
      await button(page, 'Show the reverse diffusion').click();
      await page.getByRole('slider', { name: 'Reverse diffusion' }).first().waitFor();
      await snap('reverse');
      await page.getByTestId('headline').scrollIntoViewIfNeeded();
      await page
        .locator('.hero-chart .recharts-surface')
        .first()
        .click({ position: { x: 400, y: 150 } });
      await page.getByLabel('Row of the dependence matrix').first().waitFor({ timeout: 60_000 });
      await snap('matrix');
      await button(page, 'Close').click();
      for (const name of tabs) {
        await page.getByRole('tab', { name }).click();
        if (name === 'Scores') {
          await button(page, 'Compute scores').click();
          await page.getByTestId('scores').waitFor({ timeout: 120_000 });
        }
        await page.getByRole('region', { name, exact: true }).waitFor();
        await snap(slug(name));
      }
      await button(page, 'Take the noise away').click();
      await snap('means');
      await page.getByRole('tab', { name: 'Export' }).click();
      await button(page, 'Verify').first().click();
      await page.getByTestId('verified').getByText('WebGPU:').waitFor({ timeout: 120_000 });
      await snap('verified');
      await button(page, 'Use the bundled model').click();
      await page.getByTestId('generated-from-bundle').waitFor({ timeout: 120_000 });
      await snap('own-bundle');
      await page.getByLabel('Speed').selectOption('5');
      await button(page, 'Train both live').click();
      await keptStep(page, 10, 4); // the pair before it too
      await page.reload();
      await page.getByRole('region', { name: 'Stopped run' }).waitFor();
      await snap('resume');
    },
  },
  {
    path: address({ drawer: 'sweep', 'data.count': 60, 'train.steps': 10 }),
    screens: ['sweep', 'sweep-surface', 'choice'],
    async go(page, snap) {
      await ready(page);
      await played(page);
      await snap('sweep');
      await page.getByLabel('Grid').selectOption('2');
      const surface = page.getByRole('region', { name: 'Surface over N and M' });
      await surface.getByLabel('Steps each').selectOption('100');
      await button(page, 'Sweep N and M').click();
      const status = page.getByTestId('sweep-status');
      await status.filter({ hasText: /^3 of 4 runs/ }).waitFor({ timeout: 120_000 });
      await button(page, 'Stop the sweep').click();
      await status.filter({ hasText: /^Stopped/ }).waitFor();
      await snap('sweep-surface');
      await button(page, 'Choose for me').click();
      await page.getByTestId('choice').filter({ hasText: 'standard error' }).waitFor({ timeout: 120_000 });
      await snap('choice');
    },
  },
  {
    path: address({ drawer: 'export' }),
    screens: ['export', 'bad-project', 'bad-weights', 'gap'],
    async go(page, snap) {
      await ready(page);
      await played(page);
      await snap('export');
      await page.getByLabel('Project files').setInputFiles(fileOf('class.posterior-lab.zip', 'no zip'));
      await page.getByText('was not opened').waitFor();
      await snap('bad-project');
      await page.getByLabel('Weights', { exact: true }).setInputFiles(fileOf('model.safetensors', 'none'));
      await page.getByRole('alert').first().waitFor();
      await snap('bad-weights');
      await page.getByLabel('CSV file').setInputFiles(fileOf('short.csv', 'a,b\n1,2\n2,3\n3,4\n'));
      await page.getByText('The longest series').waitFor();
      await snap('gap');
    },
  },
  {
    path: '?lesson=1',
    screens: ['lesson-asked', ...Array.from({ length: 8 }, (_, k) => `lesson-${k + 1}`)],
    async go(page, snap) {
      const lesson = page.getByRole('region', { name: 'Lesson', exact: true });
      await recording(page);
      for (let number = 1; number <= 8; number++) {
        await lesson.getByText(`Lesson, page ${number} of 8`).waitFor();
        if (number === 1) await snap('lesson-asked');
        await lesson.getByRole('radio').first().check();
        await button(page, 'Answer').click();
        await snap(`lesson-${number}`);
        if (number < 8) await lesson.getByRole('button', { name: 'Next', exact: true }).click();
      }
    },
  },
  {
    path: '?embed=true',
    screens: ['embed'],
    async go(page, snap) {
      await recording(page);
      await played(page);
      await snap('embed');
    },
  },
  {
    path: '?locked=true&hide=data',
    screens: ['locked'],
    async go(page, snap) {
      await recording(page);
      await snap('locked');
    },
  },
  {
    path: '?methd=x&train.steps=-3',
    screens: ['bad-address'],
    async go(page, snap) {
      await recording(page);
      await snap('bad-address');
    },
  },
  {
    path: '',
    screens: ['no-webgpu'],
    async go(page, snap) {
      await takeWebGpuAway(page);
      await page.reload();
      await page.getByRole('alert', { name: 'No WebGPU' }).waitFor();
      await recording(page);
      await snap('no-webgpu');
    },
  },
];

function slug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** A long table with a comma for the decimal point, a gap, and a column that is no number. */
function ward(): string {
  const rows = Array.from({ length: 12 * 40 }, (_, i) => {
    const [bed, hour] = [Math.floor(i / 40), i % 40];
    const pulse = (70 + 10 * Math.sin(hour / 4 + bed)).toFixed(1).replace('.', ',');
    return `bed ${bed};${hour};${hour === 7 ? '' : pulse};${(96 + (bed % 3)).toFixed(0)};calm`;
  });
  return ['bed;hour;pulse;oxygen;note', ...rows].join('\n');
}

function snapper(page: Page, folder: string, wanted: (screen: string) => boolean): Snap {
  return async (screen) => {
    if (!wanted(screen)) return;
    for (const theme of themes) {
      while ((await page.locator(`html[data-theme=${theme}]`).count()) === 0) {
        const named = page.getByRole('button', { name: /^Theme: / });
        if ((await named.count()) === 0) break; // a slide has none: the theme is its address's
        await named.evaluate((element) => (element as HTMLElement).click());
      }
      for (const [name, [width, height]] of Object.entries(sizes)) {
        await page.setViewportSize({ width, height });
        await page.waitForTimeout(350);
        await page.screenshot({ path: join(folder, `${screen}.${name}.${theme}.png`), fullPage: true });
      }
    }
    await page.setViewportSize({ width: sizes.laptop[0], height: sizes.laptop[1] });
    console.log(screen);
  };
}

/** Worksheet and page as they are printed, as PDF. */
async function print(browser: Browser, url: string, folder: string): Promise<void> {
  const page = await browser.newPage();
  for (const [name, path] of Object.entries({ page: '', lesson: '?lesson=3', worksheet: '?lesson=1' })) {
    await page.goto(url + path);
    await recording(page);
    await played(page);
    await page.waitForTimeout(1000);
    if (name === 'worksheet') {
      await page.evaluate(() => {
        window.print = () => {};
      });
      await page.getByRole('button', { name: /worksheet/i }).click();
    }
    await writeFile(join(folder, `${name}.pdf`), await page.pdf({ format: 'A4' }));
    console.log(`${name}.pdf`);
  }
  await page.close();
}

/** @param argv folder of the pictures, and words of which a screen's name must have one */
export async function main([folder = 'screenshots', ...words]: string[]): Promise<number> {
  const wanted = (screen: string) => words.length === 0 || words.some((word) => screen.includes(word));
  await mkdir(folder, { recursive: true });
  const { url, close } = await servedPage('screenshots');
  const browser = await launchBrowser();
  try {
    for (const { path, screens, go } of tours) {
      if (!screens.some(wanted)) continue;
      const page = await browser.newPage({ viewport: { width: sizes.laptop[0], height: sizes.laptop[1] } });
      page.on('pageerror', (error) => console.error(error.message));
      await page.goto(url + path);
      await go(page, snapper(page, folder, wanted)).catch((error) => console.error(path, error.message));
      await page.close();
    }
    if (wanted('print')) await print(browser, url, folder);
    return 0;
  } finally {
    await browser.close();
    await close();
  }
}
