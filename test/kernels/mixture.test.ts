import { describe, expect, test } from 'vitest';
import { mixtureStep } from '../../src/engine/kernels/mixture.ts';
import { logLikelihood } from '../../src/engine/layers/decoder.ts';
import { likelihoodByName } from '../../src/engine/layers/likelihoods/index.ts';
import { type GoldenArray, loadGolden } from '../golden/load.ts';
import { useGpu } from '../gpu.ts';
import { expectClose } from '../reference/expectClose.ts';
import { gaussianLogLikelihood, mixtureLogLikelihood } from '../reference/layers.ts';
import { normals, someMissing } from '../reference/random.ts';
import { Scalars } from '../reference/scalar.ts';
import { Recorded } from './recorded.ts';

const gpu = useGpu();
const sigma = { logSigmaLow: -3, logSigmaRange: 4 };
const [seqLen, series, rows] = [5, 3, 6];

/** Missing cells, or, where features covary, whole positions. */
function maskOf(features: number, full: boolean): Float32Array {
  const cells = someMissing(2, [seqLen, series, features]);
  return full ? cells.map((_, i) => cells[i - (i % features)] as number) : cells;
}

describe.each([
  { likelihood: 'mixture', features: 3, components: 4 },
  { likelihood: 'mixture', features: 1, components: 1 },
  { likelihood: 'mixture-full', features: 3, components: 2 },
  { likelihood: 'mixture-full', features: 1, components: 3 },
  { likelihood: 'mixture-full', features: 5, components: 1 },
])('$likelihood of $components Gaussians, $features features', ({ likelihood, features, components }) => {
  const full = likelihood === 'mixture-full';
  const shape = { likelihood, featureSize: features, components, sigma };
  const headSize = likelihoodByName(likelihood).headSize(shape);
  const heads = normals(3, seqLen * rows * headSize);

  test('mixture_log_likelihood_forward and mixture_log_likelihood_backward', async () => {
    const x = normals(1, seqLen * series * features);
    const mask = maskOf(features, full);
    const seeds = normals(4, seqLen * rows);
    const head = Scalars.of([seqLen, rows, headSize], heads);
    const l = mixtureLogLikelihood(head, Array.from(x), Array.from(mask), {
      series,
      features,
      components,
      full,
    });
    l.backward(seeds);

    const run = new Recorded(gpu());
    const tensor = run.input('head', [seqLen, rows, headSize], heads);
    const size = [seqLen, series, features];
    const output = logLikelihood(run.builder, shape, {
      head: tensor,
      x: run.input('x', size, x),
      mask: run.input('mask', size, mask),
    });
    run.seed(output, seeds);
    run.backward();
    await run.run();
    expectClose(await run.read(output), l.values, { label: 'log-likelihood' });
    expectClose(await run.readGradient(tensor), head.gradients, { label: 'dHead' });
  });

  test.each([
    { mode: 'sample', added: 1, fedBack: 1 },
    { mode: 'noise-not-fed-back', added: 1, fedBack: 0 },
    { mode: 'mean', added: 0, fedBack: 0 },
  ])('mixture_step, $mode', async ({ added, fedBack }) => {
    const position = 2;
    const own = heads.subarray(0, rows * headSize);
    const noise = normals(5, seqLen * rows * (features + 1));
    const run = new Recorded(gpu(), false);
    const x = run.output('x', [seqLen, rows, features]);
    const fed = run.output('fed', [rows, features]);
    mixtureStep(
      run.builder,
      {
        clock: run.input('clock', [4], Uint32Array.of(position, added, fedBack, 0)),
        head: run.input('head', [rows, headSize], own),
        noise: run.input('noise', [seqLen, rows, features + 1], noise),
        x,
        fed,
      },
      { components, full, sigma },
    );
    await run.run();
    const expected = Array.from({ length: rows }, (_, row) => {
      const at = (i: number) => own[row * headSize + i] as number;
      const epsilon = (d: number) => noise[(position * rows + row) * (features + 1) + d] as number;
      const weights = Array.from({ length: components }, (_, k) => Math.exp(at(k)));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      let chosen = 0;
      for (let reached = weights[0] as number; reached <= phi(epsilon(features)) * total; ) {
        reached += weights[++chosen] as number;
      }
      const v: number[] = [];
      const entries = components * (1 + 2 * features) + (chosen * features * (features - 1)) / 2;
      for (let d = 0; d < features; d++) {
        const others = v.map((value, j) => 4 * Math.tanh(at(entries + (d * (d - 1)) / 2 + j) / 4) * value);
        v.push(others.reduce((sum, other) => (full ? sum + other : sum), epsilon(d)));
      }
      return v.map((value, d) => {
        const raw = at(components * (1 + features) + chosen * features + d);
        const drawn =
          at(components + chosen * features + d) + Math.exp(-3 + 4 / (1 + Math.exp(-raw))) * value;
        const mean = weights.reduce((sum, w, k) => sum + (w / total) * at(components + k * features + d), 0);
        return { drawn: added ? drawn : mean, fed: fedBack ? drawn : mean, mean };
      });
    }).flat();
    const drawn = (await run.read(x)).subarray(position * rows * features, (position + 1) * rows * features);
    expectClose(
      drawn,
      expected.map((one) => one.drawn),
      { label: 'x' },
    );
    expectClose(
      await run.read(fed),
      expected.map((one) => one.fed),
      { label: 'fed back' },
    );
    const means = likelihoodByName(likelihood).means(Float32Array.from(own), shape);
    expectClose(
      means,
      expected.map((one) => one.mean),
      { label: 'means' },
    );
  });
});

/** The normal distribution function, by its series (Marsaglia 2004). */
function phi(x: number): number {
  let [term, total] = [x, x];
  for (let n = 3; Math.abs(term) > 1e-17; n += 2) {
    term *= (x * x) / n;
    total += term;
  }
  return 0.5 + (total * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI);
}

test.each(['mixture', 'mixture-full'] as const)(
  '%s is that of torch.distributions, with all gradients',
  async (name) => {
    type Case = Record<'head' | 'x' | 'logLikelihood' | 'seeds' | 'dHead', GoldenArray>;
    const golden = loadGolden<{ components: number } & Record<typeof name, Case>>('mixture');
    const { head, x, logLikelihood: expected, seeds, dHead } = golden[name];
    const run = new Recorded(gpu());
    const input = (label: string, { shape, data }: GoldenArray) =>
      run.input(label, shape, Float32Array.from(data));
    const tensor = input('head', head);
    const shape = {
      likelihood: name,
      featureSize: x.shape[2] as number,
      components: golden.components,
      sigma,
    };
    const mask = input('mask', { ...x, data: x.data.map(() => 1) });
    const output = logLikelihood(run.builder, shape, { head: tensor, x: input('x', x), mask });
    run.seed(output, Float32Array.from(seeds.data));
    run.backward();
    await run.run();
    expectClose(await run.read(output), expected.data, { label: 'log-likelihood' });
    expectClose(await run.readGradient(tensor), dHead.data, { label: 'dHead' });
  },
);

test('one component is the Gaussian', () => {
  const width = 2;
  const values = normals(6, seqLen * rows * 2 * width);
  const x = Array.from(normals(7, seqLen * series * width));
  const mask = x.map(() => 1);
  const gaussian = gaussianLogLikelihood(Scalars.of([seqLen, rows, 2 * width], values), x, mask, series);
  const withLogit = Float32Array.from({ length: seqLen * rows * (1 + 2 * width) }, (_, i) => {
    const [row, k] = [Math.floor(i / (1 + 2 * width)), i % (1 + 2 * width)];
    return k === 0 ? 0.3 : (values[row * 2 * width + k - 1] as number);
  });
  const one = mixtureLogLikelihood(Scalars.of([seqLen, rows, 1 + 2 * width], withLogit), x, mask, {
    series,
    features: width,
    components: 1,
    full: false,
  });
  expect(one.values.map((value) => value.toFixed(10))).toEqual(
    gaussian.values.map((value) => value.toFixed(10)),
  );
});

test('what is drawn has the moments of the mixture', async () => {
  const count = 20_000;
  const [features, components] = [2, 2];
  // Two Gaussians of weights 1/4 and 3/4; B has one entry each.
  const raw = (s: number) => -Math.log(4 / (Math.log(s) + 3) - 1);
  const entry = (b: number) => 4 * Math.atanh(b / 4);
  const own = [
    Math.log(0.25),
    Math.log(0.75),
    -1,
    0.5,
    2,
    0,
    ...[0.5, 1, 0.8, 0.4].map(raw),
    entry(1.5),
    entry(-0.5),
  ];
  const run = new Recorded(gpu(), false);
  const x = run.output('x', [1, count, features]);
  mixtureStep(
    run.builder,
    {
      clock: run.input('clock', [4], Uint32Array.of(0, 1, 1, 0)),
      head: run.input(
        'head',
        [count, own.length],
        Float32Array.from({ length: count * own.length }, (_, i) => own[i % own.length] as number),
      ),
      noise: run.input('noise', [1, count, features + 1], normals(8, count * (features + 1))),
      x,
      fed: run.output('fed', [count, features]),
    },
    { components, full: true, sigma },
  );
  await run.run();
  const drawn = await run.read(x);
  const mean = [0, 1].map((d) => average(count, (n) => drawn[2 * n + d] as number));
  const deviation = (n: number, d: number) => (drawn[2 * n + d] as number) - (mean[d] as number);
  const covariance = average(count, (n) => deviation(n, 0) * deviation(n, 1));
  // Means -1, .5 and 2, 0; covariances within: s0 s1 b = .75 and -.16; between: the spread of the means.
  expect(mean[0]).toBeCloseTo(0.25 * -1 + 0.75 * 2, 1);
  expect(mean[1]).toBeCloseTo(0.125, 1);
  expect(covariance).toBeCloseTo(0.25 * 0.75 + 0.75 * -0.16 + 0.25 * 0.75 * (-3 * 0.5), 1);
});

const average = (count: number, of: (n: number) => number) =>
  Array.from({ length: count }, (_, n) => of(n)).reduce((sum, value) => sum + value, 0) / count;
