import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { readBundle } from '../../src/engine/export/onnx/bundle.ts';
import { readSafetensors } from '../../src/engine/export/safetensors.ts';
import { address, button, until } from './actions.ts';
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
  expect(program.name.replace(/\.py$/, '')).toBe(weights.name.replace(/\.safetensors$/, '')); // it finds them so
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
