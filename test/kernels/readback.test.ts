import { expect, test } from 'vitest';
import { useGpu } from '../gpu.ts';
import { Recorded } from './recorded.ts';

const gpu = useGpu();

test('a read says what the device has refused since, once: what it reads may be from before', async () => {
  const run = new Recorded(gpu());
  const x = run.input('x', [4], [1, 2, 3, 4]);
  await run.run();
  const gone = gpu().device.createBuffer({ label: 'gone', size: 16, usage: GPUBufferUsage.COPY_DST });
  gone.destroy();
  const commands = gpu().device.createCommandEncoder();
  commands.clearBuffer(gone);
  gpu().device.queue.submit([commands.finish()]);
  await expect(run.read(x)).rejects.toMatchObject({
    kind: 'validation',
    message: expect.stringContaining('gone'),
  });
  expect(Array.from(await run.read(x))).toEqual([1, 2, 3, 4]);
});
