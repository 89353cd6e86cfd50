import { describe, expect, test } from 'vitest';
import {
  klBackward,
  klForward,
  mseBackward,
  mseForward,
  type PenaltyName,
  stableObjective,
  standardLogDensity,
} from '../../src/engine/kernels/objective.ts';
import { logLikelihood as layer } from '../../src/engine/layers/decoder.ts';
import { useGpu } from '../gpu.ts';
import { expectClose } from '../reference/expectClose.ts';
import { gaussianLogLikelihood } from '../reference/layers.ts';
import { normals, someMissing } from '../reference/random.ts';
import { type Scalar, Scalars, sum } from '../reference/scalar.ts';
import { Recorded } from './recorded.ts';

const gpu = useGpu();
const [seqLen, series, rows, width] = [5, 3, 6, 2];
const x = normals(1, seqLen * series * width);
const mask = someMissing(2, [seqLen, series, width]);

test('gaussian_log_likelihood_forward and gaussian_log_likelihood_backward, two rows a series, some values missing', async () => {
  const values = normals(3, seqLen * rows * 2 * width);
  const seeds = normals(4, seqLen * rows);
  const head = Scalars.of([seqLen, rows, 2 * width], values);
  const l = gaussianLogLikelihood(head, Array.from(x), Array.from(mask), series);
  l.backward(seeds);

  const run = new Recorded(gpu());
  const tensor = run.input('head', [seqLen, rows, 2 * width], values);
  const shape = [seqLen, series, width];
  const output = layer(
    run.builder,
    {
      likelihood: 'gaussian',
      featureSize: width,
      components: 1,
      sigma: { logSigmaLow: -3, logSigmaRange: 4 },
    },
    { head: tensor, x: run.input('x', shape, x), mask: run.input('mask', shape, mask) },
  );
  run.seed(output, seeds);
  run.backward();
  await run.run();
  expectClose(await run.read(output), l.values, { label: 'log-likelihood' });
  expectClose(await run.readGradient(tensor), head.gradients, { label: 'dHead' });
});

test('standard_log_density', async () => {
  const run = new Recorded(gpu());
  const shape = [seqLen, series, width];
  const reference = run.output('reference', [seqLen, series]);
  standardLogDensity(run.builder, {
    x: run.input('x', shape, x),
    mask: run.input('mask', shape, mask),
    reference,
  });
  await run.run();
  const expected = Array.from({ length: seqLen * series }, (_, i) =>
    [0, 1].reduce((total, d) => {
      const value = x[i * width + d] as number;
      return total - (mask[i * width + d] as number) * (0.5 * value * value + 0.5 * Math.log(2 * Math.PI));
    }, 0),
  );
  expectClose(await run.read(reference), expected);
});

describe.each(['hinge', 'softplus', 'literal'] as PenaltyName[])(
  'stable_objective with the %s penalty',
  (penalty) => {
    test('loss by row and its slope; positions without a value add nothing to the penalty', async () => {
      const lValues = normals(5, seqLen * rows, 3);
      const referenceValues = normals(6, seqLen * series, 3);
      const timestep = Uint32Array.of(0, 2, 1, 4, 3, 4);
      const weights = Float32Array.of(1, 0, 0.9, 0.1, 0.7, 0.2, 0.3, 0.8, 0.1, 0.95);
      const lambda = 0.3;
      const l = Scalars.of([seqLen, rows], lValues);
      const observed = someMissing(7, [seqLen, series, 2]);
      const seen = (t: number, n: number) => ([0, 1].some((d) => observed[(t * series + n) * 2 + d]) ? 1 : 0);
      const P = (value: Scalar, reference: number): Scalar => {
        if (penalty === 'literal') return value;
        const excess = value.minus(reference);
        return penalty === 'hinge' ? excess.positivePart() : excess.exp().plus(1).log();
      };
      const loss = Array.from({ length: rows }, (_, row) => {
        const weight = weights[2 * (timestep[row] as number) + (row < series ? 0 : 1)] as number;
        const terms = Array.from({ length: seqLen }, (_, t) =>
          row < series
            ? l.at(t, row).times(-1)
            : P(l.at(t, row), referenceValues[t * series + row - series] as number).times(
                seen(t, row - series),
              ),
        );
        return sum(terms).times(weight);
      });
      sum(loss.map((value, row) => value.times((row < series ? 1 : lambda) / series))).backward();

      const run = new Recorded(gpu());
      const output = { loss: run.output('loss', [rows]), dLogLikelihood: run.output('dL', [seqLen, rows]) };
      stableObjective(
        run.builder,
        {
          logLikelihood: run.input('l', [seqLen, rows], lValues),
          reference: run.input('reference', [seqLen, series], referenceValues),
          mask: run.input('mask', [seqLen, series, 2], observed),
          timestep: run.input('timestep', [rows], timestep),
          weights: run.input('weights', [5, 2], weights),
          ...output,
        },
        { series, lambda, penalty },
      );
      await run.run();
      expectClose(
        await run.read(output.loss),
        loss.map(({ value }) => value),
        { label: 'loss' },
      );
      expectClose(await run.read(output.dLogLikelihood), l.gradients, { label: 'dL' });
    });
  },
);

test('kl_reparameterise_forward and kl_reparameterise_backward', async () => {
  const [batch, latentSize, weight] = [5, 3, 0.7];
  const values = normals(7, batch * 2 * latentSize);
  const noise = normals(8, batch * latentSize);
  const seeds = normals(9, batch * latentSize);
  const statistics = Scalars.of([batch, 2 * latentSize], values);
  const z = Scalars.make([batch, latentSize], (b, j) =>
    statistics
      .at(b, latentSize + j)
      .times(0.5)
      .exp()
      .times(noise[b * latentSize + j] as number)
      .plus(statistics.at(b, j)),
  );
  const kl = Array.from({ length: batch }, (_, b) =>
    sum(
      Array.from({ length: latentSize }, (_, j) => {
        const [mu, v] = [statistics.at(b, j), statistics.at(b, latentSize + j)];
        return mu.times(mu).plus(v.exp()).minus(v).minus(1).times(0.5);
      }),
    ),
  );
  sum([
    ...z.items.map((item, i) => item.times(seeds[i] as number)),
    ...kl.map((item) => item.times(weight)),
  ]).backward();

  const run = new Recorded(gpu());
  const input = {
    statistics: run.input('statistics', [batch, 2 * latentSize], values),
    noise: run.input('noise', [batch, latentSize], noise),
  };
  const output = { z: run.output('z', [batch, latentSize]), kl: run.output('kl', [batch]) };
  const dStatistics = run.output('dStatistics', [batch, 2 * latentSize]);
  klForward(run.builder, { ...input, ...output }, true);
  klBackward(run.builder, {
    ...input,
    clock: run.input('clock', [4], Uint32Array.of(2, 0, 0, 0)),
    klWeights: run.input('kl weights', [4], [9, 9, weight * batch, 9]),
    dZ: run.input('dZ', [batch, latentSize], seeds),
    dStatistics,
  });
  await run.run();
  expectClose(await run.read(output.z), z.values, { label: 'z' });
  expectClose(
    await run.read(output.kl),
    kl.map(({ value }) => value),
    { label: 'kl' },
  );
  expectClose(await run.read(dStatistics), statistics.gradients, { label: 'dStatistics' });
});

test('without sampling kl_reparameterise_forward gives the mean', async () => {
  const run = new Recorded(gpu());
  const statistics = run.input('statistics', [1, 4], [0.5, -2, 1, 1]);
  const z = run.output('z', [1, 2]);
  klForward(run.builder, { statistics, noise: run.builder.none, z, kl: run.output('kl', [1]) }, false);
  await run.run();
  expect(Array.from(await run.read(z))).toEqual([0.5, -2]);
});

test('mse_forward and mse_backward', async () => {
  const [batch, size] = [7, 3];
  const expectedValues = normals(10, batch * size);
  const values = normals(11, batch * size);
  const prediction = Scalars.of([batch, size], values);
  const loss = Array.from({ length: batch }, (_, b) =>
    sum(
      Array.from({ length: size }, (_, j) => {
        const error = prediction.at(b, j).minus(expectedValues[b * size + j] as number);
        return error.times(error);
      }),
    ).dividedBy(size),
  );
  sum(loss).dividedBy(batch).backward();
  const run = new Recorded(gpu());
  const input = {
    expected: run.input('expected', [batch, size], expectedValues),
    prediction: run.input('prediction', [batch, size], values),
  };
  const output = { loss: run.output('loss', [batch]), dPrediction: run.output('d', [batch, size]) };
  mseForward(run.builder, { ...input, loss: output.loss });
  mseBackward(run.builder, { ...input, dPrediction: output.dPrediction });
  await run.run();
  expectClose(
    await run.read(output.loss),
    loss.map(({ value }) => value),
  );
  expectClose(await run.read(output.dPrediction), prediction.gradients);
});
