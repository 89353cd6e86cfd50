import { expect, test } from 'vitest';
import {
  absoluteErrorBackward,
  absoluteErrorForward,
  crossEntropyBackward,
  crossEntropyForward,
} from '../../src/engine/kernels/scoring.ts';
import { useGpu } from '../gpu.ts';
import { expectClose } from '../reference/expectClose.ts';
import { normals, someMissing } from '../reference/random.ts';
import { Scalar, Scalars, sum } from '../reference/scalar.ts';
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

test('absolute_error_forward and absolute_error_backward, one step ahead, some values missing', async () => {
  const [seqLen, rows, width] = [5, 67, 2]; // rows off the 64 of a workgroup
  const shape = [seqLen, rows, width];
  const [values, x] = [normals(1, seqLen * rows * width), normals(2, seqLen * rows * width)];
  const mask = someMissing(3, [seqLen, rows, width]);
  for (let t = 0; t < seqLen; t++) mask.fill(0, t * rows * width, t * rows * width + width); // row 0 has nothing
  const run = new Recorded(gpu());
  const prediction = run.input('prediction', shape, values);
  const given = { prediction, x: run.input('x', shape, x), mask: run.input('mask', shape, mask) };
  const [loss, dPrediction] = [run.output('loss', [rows]), run.output('dPrediction', shape)];
  absoluteErrorForward(run.builder, { ...given, loss });
  absoluteErrorBackward(run.builder, { ...given, dPrediction });
  await run.run();
  const predicted = Scalars.of(shape, values);
  const losses = Array.from({ length: rows }, (_, n) => {
    const places = Array.from({ length: (seqLen - 1) * width }, (_, i) => [Math.floor(i / width), i % width]);
    const next = (t: number, d: number) => ((t + 1) * rows + n) * width + d;
    const errors = places.map(([t = 0, d = 0]) => {
      const error = predicted.at(t, n, d).minus(x[next(t, d)] as number);
      // |e| = e^+ + (-e)^+
      const size = error.positivePart().plus(error.times(-1).positivePart());
      return size.times(mask[next(t, d)] as number);
    });
    const count = places.reduce((total, [t = 0, d = 0]) => total + (mask[next(t, d)] as number), 0);
    return sum(errors).dividedBy(Math.max(1, count));
  });
  sum(losses).backward(1 / rows);
  const expected = losses.map(({ value }) => value);
  expect(expected[0]).toBe(0);
  expectClose(await run.read(loss), expected, { label: 'loss' });
  expectClose(await run.read(dPrediction), predicted.gradients, { absolute: 1e-8, label: 'dPrediction' });
});
