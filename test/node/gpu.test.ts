import { afterEach, expect, test, vi } from 'vitest';
import { forgetAdapter, nodeGpu } from '../../src/node/gpu.ts';
import { useOwnGpu } from '../gpu.ts';

const gpu = useOwnGpu();
afterEach(() => vi.unstubAllEnvs());

test('Dawn opens a device that computes', async () => {
  const { device } = gpu();
  const buffer = device.createBuffer({ size: 4, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC });
  const readable = device.createBuffer({ size: 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const code =
    '@group(0) @binding(0) var<storage, read_write> y: array<f32>; @compute @workgroup_size(1) fn main() { y[0] = 42.0; }';
  const pipeline = device.createComputePipeline({
    layout: 'auto',
    compute: { module: device.createShaderModule({ code }) },
  });
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [{ binding: 0, resource: { buffer } }],
  });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(buffer, 0, readable, 0, 4);
  device.queue.submit([encoder.finish()]);
  await readable.mapAsync(GPUMapMode.READ);
  expect(new Float32Array(readable.getMappedRange())[0]).toBe(42);
});

test('an unknown LAB_ADAPTER is refused with the names it can have', async () => {
  vi.stubEnv('LAB_ADAPTER', 'swiftshade');
  forgetAdapter();
  await expect(nodeGpu()).rejects.toThrow(
    "LAB_ADAPTER is 'swiftshade'; it can be gpu, lavapipe, swiftshader.",
  );
  forgetAdapter();
});
