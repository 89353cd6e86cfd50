import { expect, test } from 'vitest';
import { RandomStream } from '../../src/engine/data/random.ts';
import type { WindowSet } from '../../src/engine/data/types.ts';
import { gaussLegendre } from '../../src/engine/metrics/gaussLegendre.ts';
import { parseConfig } from '../../src/engine/train/config.ts';
import { Evaluator } from '../../src/engine/train/evaluator.ts';
import { useGpu } from '../gpu.ts';
import { expectClose } from '../reference/expectClose.ts';
import { linear, lstm } from '../reference/layers.ts';
import { normals } from '../reference/random.ts';
import { type Scalar, Scalars } from '../reference/scalar.ts';

const gpu = useGpu();
const [seqLen, featureSize, hiddenSize, latentSize, tokenSize, series] = [6, 3, 12, 5, 8, 7];
const quadrature = 16;

const config = parseConfig({
  model: { hiddenSize, latentSize, tokenSize },
  evaluate: { dependenceSeries: 4, count: 8, quadrature },
});

/** Weights under their safetensors names, large enough for the gates to bend. */
function parameters() {
  const shapes: Record<string, number[]> = {
    'encoder.lstm.weight_ih_l0': [4 * hiddenSize, featureSize],
    'encoder.lstm.weight_hh_l0': [4 * hiddenSize, hiddenSize],
    'encoder.lstm.bias_ih_l0': [4 * hiddenSize],
    'encoder.lstm.bias_hh_l0': [4 * hiddenSize],
    'encoder.head.weight': [latentSize, 2 * hiddenSize],
    'encoder.head.bias': [latentSize],
    'encoder.norm.running_mean': [latentSize],
    'encoder.norm.running_var': [latentSize],
    'decoder.latent_token.weight': [tokenSize, latentSize],
    'decoder.value_token.weight': [tokenSize, featureSize],
    'decoder.lstm.weight_ih_l0': [4 * hiddenSize, tokenSize],
    'decoder.lstm.weight_hh_l0': [4 * hiddenSize, hiddenSize],
    'decoder.lstm.bias_ih_l0': [4 * hiddenSize],
    'decoder.lstm.bias_hh_l0': [4 * hiddenSize],
    'decoder.head.weight': [2 * featureSize, hiddenSize],
    'decoder.head.bias': [2 * featureSize],
    'denoiser.time.0.weight': [128, 64],
    'denoiser.time.0.bias': [128],
    'denoiser.time.2.weight': [128, 128],
    'denoiser.time.2.bias': [128],
    'denoiser.input.weight': [128, latentSize],
    'denoiser.input.bias': [128],
    'denoiser.output.weight': [latentSize, 128],
    'denoiser.output.bias': [latentSize],
  };
  for (const k of [0, 1, 2]) {
    for (const layer of ['linear1', 'linear2']) {
      shapes[`denoiser.blocks.${k}.${layer}.weight`] = [128, 128];
      shapes[`denoiser.blocks.${k}.${layer}.bias`] = [128];
    }
  }
  return new Map(
    Object.entries(shapes).map(([name, shape], seed) => {
      const size = shape.reduce((product, length) => product * length, 1);
      const data = name.endsWith('running_var') ? new Float32Array(size).fill(1) : normals(seed, size, 0.4);
      return [name, { shape, data }] as const;
    }),
  );
}

const weights = parameters();
const windows: WindowSet = {
  count: series,
  seqLen,
  featureSize,
  values: normals(100, series * seqLen * featureSize),
  mask: new Float32Array(series * seqLen * featureSize).fill(1),
  ids: Array.from({ length: series }, (_, n) => String(n)),
};
const latents = normals(101, series * latentSize);

/** h_t of one series along s x, with x_j of position j (0 is the latent) moving in the direction of itself. */
function hiddenStates(n: number, s: number, moving: (j: number) => boolean): Scalars {
  const get = (name: string) => {
    const { shape, data } = weights.get(`decoder.${name}`) as { shape: number[]; data: Float32Array };
    return Scalars.of(shape, data);
  };
  const tokenOf = (values: Float32Array, weight: string, j: number) =>
    linear(
      Scalars.of(
        [1, values.length],
        values.map((v) => s * v),
        moving(j) ? values : undefined,
      ),
      get(weight),
    );
  const tokens = Array.from({ length: seqLen }, (_, j) => {
    const start = (n * seqLen + j - 1) * featureSize;
    return j === 0
      ? tokenOf(latents.subarray(n * latentSize, (n + 1) * latentSize), 'latent_token.weight', 0)
      : tokenOf(windows.values.subarray(start, start + featureSize), 'value_token.weight', j);
  });
  const pre = tokens.map((token) => linear(token, get('lstm.weight_ih_l0'), get('lstm.bias_ih_l0')).items);
  return lstm(
    (t) => pre[t] as readonly Scalar[],
    seqLen,
    1,
    get('lstm.weight_hh_l0'),
    get('lstm.bias_hh_l0'),
  );
}

/** The dependence matrix of one series by the definition, in float64: row t - 1, column j. */
function reference(n: number): number[][] {
  const [end, start] = [hiddenStates(n, 1, () => false), hiddenStates(n, 0, () => false)];
  const delta = (t: number, k: number) => end.at(t, 0, k).value - start.at(t, 0, k).value;
  const { nodes, weights: quadratureWeights } = gaussLegendre(quadrature);
  const units = Array.from({ length: hiddenSize }, (_, k) => k);
  const matrix = Array.from({ length: seqLen }, () => new Array<number>(seqLen).fill(0));
  for (let j = 0; j < seqLen; j++) {
    nodes.forEach((s, q) => {
      const states = hiddenStates(n, s, (i) => i === j);
      for (let t = j; t < seqLen; t++) {
        const product = units.reduce((total, k) => total + delta(t, k) * states.at(t, 0, k).tangent, 0);
        const length = units.reduce((total, k) => total + delta(t, k) ** 2, 0);
        (matrix[t] as number[])[j] =
          ((matrix[t] as number[])[j] as number) + ((quadratureWeights[q] as number) * product) / length;
      }
    });
  }
  return matrix;
}

test('lstm_tangent, dependence_delta: the whole matrix equals the float64 definition, and its rows add up to 1', async () => {
  const evaluator = await Evaluator.create(gpu(), config, { seqLen, featureSize }, weights);
  const matrix = await evaluator.dependenceMatrix(windows, latents, quadrature);
  const expected = Array.from({ length: series }, (_, n) => reference(n).flat()).flat();
  expectClose(matrix, expected, { absolute: 2e-5, relative: 1e-4, label: 'm' });
  for (let row = 0; row < series * seqLen; row++) {
    const total = matrix.subarray(row * seqLen, (row + 1) * seqLen).reduce((a, b) => a + b, 0);
    expect(Math.abs(total - 1)).toBeLessThan(1e-3);
  }
  evaluator.destroy();
});

test('the curves are the first column and the last of each row of the matrix', async () => {
  const evaluator = await Evaluator.create(gpu(), config, { seqLen, featureSize }, weights);
  const matrix = await evaluator.dependenceMatrix(windows, latents, quadrature);
  const parts = await evaluator.dependenceCurve(windows, latents, quadrature);
  const ratio = (numerators: Float64Array) =>
    Array.from(numerators, (value, i) => value / (parts.denominator[i] as number));
  const rows = Array.from({ length: series * seqLen }, (_, row) => row);
  expectClose(
    ratio(parts.numeratorGlobal),
    rows.map((row) => matrix[row * seqLen] as number),
  );
  expectClose(
    ratio(parts.numeratorLocal),
    rows.map((row) => matrix[row * seqLen + (row % seqLen)] as number),
  );
  evaluator.destroy();
});

test('a pause ends an evaluation between two submits', async () => {
  const evaluator = await Evaluator.create(gpu(), config, { seqLen, featureSize }, weights);
  const random = new RandomStream(1);
  let calls = 0;
  const stop = 1 + random.integer(3);
  const between = () => {
    if (++calls > stop) throw new Error('paused');
  };
  await expect(evaluator.dependenceCurve(windows, latents, quadrature, between)).rejects.toThrow('paused');
  evaluator.destroy();
});
