import { expect, test } from 'vitest';
import { crossEntropyBackward, crossEntropyForward } from '../../src/engine/kernels/scoring.ts';
import { useGpu } from '../gpu.ts';
import { expectClose } from '../reference/expectClose.ts';
import { normals } from '../reference/random.ts';
import { Scalar } from '../reference/scalar.ts';
import { Recorded } from './recorded.ts';

const gpu = useGpu();

test('binary_cross_entropy_forward and binary_cross_entropy_backward, far out too', async () => {
  const rows = 67; // off the 64 of a workgroup
  const values = normals(1, rows, 3);
  values.set([-80, 80, -80, 80]);
  const labels = Float32Array.from({ length: rows }, (_, i) => (i % 4 < 2 ? 1 : 0));
  labels[5] = 0.25; // a soft label
  const run = new Recorded(gpu());
  const [logit, label] = [run.input('logit', [rows, 1], values), run.input('label', [rows, 1], labels)];
  const [loss, dLogit] = [run.output('loss', [rows]), run.output('dLogit', [rows, 1])];
  crossEntropyForward(run.builder, { logit, label, loss });
  crossEntropyBackward(run.builder, { logit, label, dLogit });
  await run.run();
  // -y log s(x) - (1 - y) log s(-x) = y softplus(-x) + (1 - y) softplus(x)
  const expected = Array.from(values, (value, i) => {
    const [x, y] = [new Scalar(value), labels[i] as number];
    const nats = x
      .times(-1)
      .softplus()
      .times(y)
      .plus(x.softplus().times(1 - y));
    nats.backward(1 / rows);
    return { nats: nats.value, gradient: x.gradient };
  });
  const nats = expected.map((one) => one.nats);
  expectClose(await run.read(loss), nats, { label: 'loss' });
  const gradients = expected.map(({ gradient }) => gradient);
  expectClose(await run.read(dLogit), gradients, { absolute: 1e-8, label: 'dLogit' });
  expect(nats[0]).toBe(80);
});
