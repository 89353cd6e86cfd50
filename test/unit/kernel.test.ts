import { expect, test } from 'vitest';
import type { Gpu } from '../../src/engine/gpu/device.ts';
import { compilePipeline, defineKernel } from '../../src/engine/gpu/kernel.ts';
import { BySize } from '../../src/engine/metrics/bySize.ts';

const kernel = defineKernel('nothing', '@compute @workgroup_size(1) fn main() {}');

/** A device that fails to compile so many times. */
function failing(times: number) {
  let tries = 0;
  const device = {
    createShaderModule: () => ({ getCompilationInfo: async () => ({ messages: [] }) }),
    createComputePipelineAsync: async () => {
      if (tries++ < times) throw new Error('no memory left');
      return {};
    },
  };
  return { gpu: { device, pipelines: new Map() } as unknown as Gpu, tries: () => tries };
}

test('a pipeline is compiled once, and again only where that failed', async () => {
  const { gpu, tries } = failing(1);
  await expect(compilePipeline(gpu, kernel, {})).rejects.toThrow('no memory left');
  const [one, same] = await Promise.all([compilePipeline(gpu, kernel, {}), compilePipeline(gpu, kernel, {})]);
  expect(one).toBe(same);
  expect(tries()).toBe(2);
});

test('what is planned by size is planned once, again where that failed, and freed with the rest', async () => {
  const freed: string[] = [];
  const bySize = new BySize<string>((planned) => freed.push(planned));
  await expect(bySize.get([1, 2], () => Promise.reject(new Error('no memory left')))).rejects.toThrow();
  expect(await bySize.get([1, 2], async () => 'small')).toBe('small');
  expect(await bySize.get([1, 2], async () => 'another')).toBe('small');
  await bySize.destroy();
  expect(freed).toEqual(['small']);
});
