import { describe, expect, test } from 'vitest';
import {
  importanceLatentsBackward,
  importanceLatentsForward,
  importanceObjective,
} from '../../src/engine/kernels/importance.ts';
import { useGpu } from '../gpu.ts';
import { expectClose } from '../reference/expectClose.ts';
import { normals } from '../reference/random.ts';
import { type Scalar, Scalars, sum } from '../reference/scalar.ts';
import { Recorded } from './recorded.ts';

const gpu = useGpu();
const [series, latentSize] = [3, 5];
const range = (length: number) => Array.from({ length }, (_, i) => i);

test('importance_latents_forward and importance_latents_backward, several samples a series', async () => {
  const rows = 4 * series;
  const values = normals(1, series * 2 * latentSize);
  const noise = normals(2, rows * latentSize);
  const seeds = { z: normals(3, rows * latentSize), ratio: normals(4, rows) };
  const statistics = Scalars.of([series, 2 * latentSize], values);
  const z = Scalars.make([rows, latentSize], (row, j) =>
    statistics
      .at(row % series, latentSize + j)
      .times(0.5)
      .exp()
      .times(noise[row * latentSize + j] as number)
      .plus(statistics.at(row % series, j)),
  );
  const ratio = range(rows).map((row) =>
    sum(
      range(latentSize).map((j) => {
        const [mu, v] = [statistics.at(row % series, j), statistics.at(row % series, latentSize + j)];
        const u = z.at(row, j).minus(mu);
        const posterior = u.times(u).times(v.times(-1).exp()).plus(v);
        return posterior.minus(z.at(row, j).times(z.at(row, j))).times(0.5);
      }),
    ),
  );
  sum([
    ...z.items.map((item, i) => item.times(seeds.z[i] as number)),
    ...ratio.map((item, i) => item.times(seeds.ratio[i] as number)),
  ]).backward();

  const run = new Recorded(gpu());
  const input = {
    statistics: run.input('statistics', [series, 2 * latentSize], values),
    noise: run.input('noise', [rows, latentSize], noise),
  };
  const output = { z: run.output('z', [rows, latentSize]), logRatio: run.output('ratio', [rows]) };
  const dStatistics = run.output('dStatistics', [series, 2 * latentSize]);
  importanceLatentsForward(run.builder, { ...input, ...output });
  importanceLatentsBackward(run.builder, {
    ...input,
    z: output.z,
    dZ: run.input('dZ', [rows, latentSize], seeds.z),
    dLogRatio: run.input('dRatio', [rows], seeds.ratio),
    dStatistics,
  });
  await run.run();
  expectClose(await run.read(output.z), z.values, { label: 'z' });
  expectClose(
    await run.read(output.logRatio),
    ratio.map(({ value }) => value),
    { label: 'log ratio' },
  );
  expectClose(await run.read(dStatistics), statistics.gradients, { label: 'dStatistics' });
});

/** Both outputs of importance_objective, its gradients, and the same of the definition. */
async function objective(samples: number, lambda: number, spread: number) {
  const [seqLen, rows] = [4, samples * series];
  const [lValues, ratioValues] = [normals(5, seqLen * rows, spread), normals(6, rows)];
  const l = Scalars.of([seqLen, rows], lValues);
  const ratio = Scalars.of([rows], ratioValues);
  const terms = range(series).map((n) => {
    const mine = range(samples).map((k) => k * series + n);
    const given = mine.map((row) => sum(range(seqLen).map((t) => l.at(t, row))));
    const joint = given.map((value, k) => value.plus(ratio.at(mine[k] as number)));
    const largest = Math.max(...joint.map(({ value }) => value));
    const shares = joint.map((value) => value.minus(largest).exp());
    const total = sum(shares);
    return {
      weighted: sum(shares.map((share, k) => share.dividedBy(total).times(given[k] as Scalar))),
      bound: total.dividedBy(samples).log().plus(largest),
    };
  });
  sum(terms.map(({ weighted, bound }) => bound.times(lambda - 1).minus(weighted.times(lambda))))
    .dividedBy(series)
    .backward();

  const run = new Recorded(gpu());
  const tensors = {
    logLikelihood: run.input('l', [seqLen, rows], lValues),
    logRatio: run.input('ratio', [rows], ratioValues),
    loss: run.output('loss', [series]),
    kl: run.output('kl', [series]),
    dLogLikelihood: run.output('dL', [seqLen, rows]),
    dLogRatio: run.output('dRatio', [rows]),
    summed: run.output('summed', [rows]),
  };
  importanceObjective(run.builder, tensors, lambda);
  await run.run();
  const read = async (name: keyof typeof tensors) => Array.from(await run.read(tensors[name]));
  expectClose(
    await read('loss'),
    terms.map(({ weighted }) => -weighted.value),
    { label: 'loss' },
  );
  expectClose(
    await read('kl'),
    terms.map(({ weighted, bound }) => weighted.value - bound.value),
    { absolute: 1e-4, label: 'kl' },
  );
  expectClose(await read('dLogLikelihood'), l.gradients, { label: 'dL' });
  expectClose(await read('dLogRatio'), ratio.gradients, { label: 'dRatio' });
  return { read, ratioValues };
}

describe('importance_objective', () => {
  test.each([
    { samples: 4, lambda: 0.3, spread: 0.5 },
    { samples: 3, lambda: 0, spread: 1 },
    { samples: 5, lambda: 1, spread: 20 }, // one sample has all the weight
  ])('K=$samples, lambda=$lambda: both terms and all slopes', async ({ samples, lambda, spread }) => {
    await objective(samples, lambda, spread);
  });

  test('with one sample it is a beta-VAE, beta = 1 - lambda, whose KL is sampled', async () => {
    const lambda = 0.3;
    const { read, ratioValues } = await objective(1, lambda, 1);
    // log q(z | X) - log p(z) of the one sample, and slopes -1 and beta whatever the values.
    expectClose(
      await read('kl'),
      Array.from(ratioValues, (value) => -value),
      { absolute: 1e-4 },
    );
    expect(new Set((await read('dLogLikelihood')).map((d) => (d * series).toFixed(5)))).toEqual(
      new Set(['-1.00000']),
    );
    expect(new Set((await read('dLogRatio')).map((d) => (d * series).toFixed(5)))).toEqual(
      new Set(['-0.70000']),
    );
  });
});
