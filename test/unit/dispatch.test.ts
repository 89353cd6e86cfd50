import { expect, test } from 'vitest';
import { defineKernel } from '../../src/engine/gpu/kernel.ts';
import { Memory } from '../../src/engine/gpu/memory.ts';
import { elementwise, PlanBuilder } from '../../src/engine/gpu/planBuilder.ts';

const shaders = import.meta.glob<string>('../../shaders/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const main = /@compute @workgroup_size\(256\)\s*fn main\([\s\S]*?\n\}/;

test('every kernel of 256 threads a workgroup goes on in the second dimension, as elementwise() does', () => {
  const [x, y = 1] = elementwise(256 * 65_535 + 1);
  expect([x <= 65_535, y, x * y * 256 > 256 * 65_535]).toEqual([true, 2, true]);
  const kernels = Object.entries(shaders).flatMap(([path, source]) => {
    const body = main.exec(source)?.[0];
    return body === undefined ? [] : [{ path, body }];
  });
  expect(kernels.length).toBeGreaterThan(30);
  expect(kernels.filter(({ body }) => !body.includes('id.x + id.y * groups.x * 256u'))).toEqual([]);
});

test('what more workgroups in a row are than WebGPU promises is said when it is recorded', () => {
  const kernel = defineKernel('clock', '@group(0) @binding(1) var<storage, read_write> clock: array<u32>;');
  const builder = new PlanBuilder(new Memory(), 'test');
  const tensors = { clock: builder.scratch };
  builder.dispatch(kernel, { tensors, workgroups: [65_535, 65_535, 65_535] });
  expect(() => builder.dispatch(kernel, { tensors, workgroups: [1, 65_536] })).toThrow(
    'clock would take 65536 workgroups in a row, 65535 at most: make the batch or the window smaller.',
  );
});
