import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { readBundle } from '../../src/engine/export/onnx/bundle.ts';
import { readSafetensors } from '../../src/engine/export/safetensors.ts';
import { address, button, takeWebGpuAway, until } from './actions.ts';
import { usePage } from './page.ts';

const openPage = usePage();

test('a trained run is saved as weights, program and graphs, and the graphs give what the kernels give', async () => {
  const { page, errors } = await openPage(address({ 'train.steps': 6, 'evaluate.times': 1 }));
  await button(page, 'Run').click();
  await until(page, 'finished');
  await page.getByRole('tab', { name: 'Export' }).click();
  const saved = async (label: string) => {
    const [file] = await Promise.all([page.waitForEvent('download'), button(page, label).click()]);
    return { name: file.suggestedFilename(), bytes: new Uint8Array(await readFile(await file.path())) };
  };
  const weights = await saved('Save weights');
  expect(weights.name).toMatch(/\.safetensors$/);
  expect([...readSafetensors(weights.bytes).tensors.keys()]).toContain('decoder.head.weight');
  const program = await saved('Save PyTorch program');
  expect(new TextDecoder().decode(program.bytes)).toContain('class Decoder(Backbone)');
  const bundle = await saved('Save ONNX bundle');
  expect(bundle.name).toMatch(/\.onnx\.zip$/);
  expect(readBundle(bundle.bytes).description.seqLen).toBe(8);

  await button(page, 'Verify').click();
  const verified = page.getByTestId('verified');
  await verified.getByText('WebGPU:').waitFor({ timeout: 120_000 });
  const text = (await verified.textContent()) ?? '';
  expect(text).toMatch(/WebAssembly: largest difference.*The export is what was trained/);
  expect(text).toMatch(/WebGPU: largest difference.*The export is what was trained/);
  expect(errors).toEqual([]);
});

test('without WebGPU the bundled model generates series, and what needs a GPU says so', async () => {
  const { page, errors } = await openPage();
  await takeWebGpuAway(page);
  await page.reload();
  await page.getByRole('alert', { name: 'No WebGPU' }).waitFor();
  const run = button(page, 'Run');
  expect(await run.getAttribute('title')).toContain('Needs a GPU');
  expect(await run.getAttribute('aria-describedby')).toBe('no-webgpu');
  await page.getByRole('button', { name: 'Generate new series…' }).click();
  await button(page, 'Use the bundled model').click();
  const generated = page.getByTestId('generated-from-bundle');
  await generated.waitFor({ timeout: 120_000 });
  expect(await generated.textContent()).toContain('50 series from the bundled model (Posterior-stable)');
  expect(await generated.getByRole('img').count()).toBe(6);

  await page.getByLabel('ONNX bundle').setInputFiles({
    name: 'none.onnx.zip',
    mimeType: 'application/zip',
    buffer: Buffer.from('no zip'),
  });
  await page.getByText('Nothing was generated: This is not an ONNX bundle').waitFor();
  expect(errors).toEqual([]);
});
