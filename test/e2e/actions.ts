import type { BrowserContext, Page } from 'playwright-core';

/** Sizes at which a software adapter makes a step and a curve in fractions of a second. */
const tiny = {
  'data.count': 400,
  'data.window': 8,
  'data.stride': 8,
  'model.hiddenSize': 8,
  'model.latentSize': 4,
  'model.tokenSize': 8,
  'train.batchSize': 8,
  'train.denoiserBatchSize': 8,
  'diffusion.width': 16,
  'diffusion.blocks': 1,
  'diffusion.sampleSteps': 4,
  'evaluate.count': 16,
  'evaluate.dependenceSeries': 4,
  'evaluate.quadrature': 8,
  'evaluate.samples': 64,
};

/** The query of a page with tiny sizes, and these settings over them. */
export function address(settings: Record<string, string | number> = {}): string {
  const entries = Object.entries({ ...tiny, ...settings }).map(([key, value]) => [key, String(value)]);
  return `?${new URLSearchParams(entries)}`;
}

export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** Waits until the live runs are in one of these states. */
export async function until(page: Page, ...states: string[]): Promise<void> {
  const selector = states.map((state) => `.run-status[data-status="${state}"]`).join(',');
  await page.locator(selector).waitFor({ timeout: 120_000 });
}

export const stepOf = async (page: Page) =>
  Number(await page.locator('.run-status').getAttribute('data-step'));

/** The dependence curve of the live run as its table has it; the recording's stands there before. */
export async function curveOf(page: Page): Promise<string> {
  await page.getByText('Recorded runs').waitFor({ state: 'detached' });
  const table = page.getByTestId('dependence-table').locator('tbody');
  await table.waitFor({ state: 'attached' });
  return (await table.textContent()) ?? '';
}

/** From the next load on, workers start without `navigator.gpu`, as in a browser that has none. */
export const takeWebGpuAway = (page: Page) =>
  inWorkers(page, "Object.defineProperty(WorkerNavigator.prototype, 'gpu', { value: undefined });");

/** From the next load on, workers take the software GPU for one of the machine. */
export const passForHardware = (page: Page) =>
  inWorkers(page, "Object.defineProperty(GPUAdapterInfo.prototype, 'isFallbackAdapter', { value: false });");

/** From the next load on, workers run this before their own code. */
export const inWorkers = (pages: Page | BrowserContext, code: string) =>
  pages.route(/\.worker-[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${code}\n${await response.text()}` });
  });

/** A file as the file input takes it. */
export const fileOf = (name: string, content: string | Uint8Array) => ({
  name,
  mimeType: 'text/csv',
  buffer: Buffer.from(content),
});
