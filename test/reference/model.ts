import {
  add,
  attention,
  batchNorm,
  gaussianLogLikelihood,
  gelu,
  layerNorm,
  linear,
  lstm,
  pool,
  silu,
} from './layers.ts';
import { type Scalar, Scalars, sum } from './scalar.ts';

/** Weights under their safetensors names. */
export type Weights = ReadonlyMap<string, Scalars>;

/** A batch, position-major: x and mask [T, B, D]. */
export interface Batch {
  seqLen: number;
  batchSize: number;
  x: readonly number[];
  mask: readonly number[];
  /** Attention heads, where the weights are a Transformer's. */
  heads?: number;
}

/** What chance decides in one training step; noise row-major. */
export interface Draw {
  /** Of the latents, [rows, Z]. */
  latentNoise: readonly number[];
  /** i for the rows of the likelihood, then k for those of the penalty; unused by latent diffusion. */
  latentTimestep: readonly number[];
  denoiserNoise: readonly number[];
  denoiserTimestep: readonly number[];
}

/** Of the objective (METHOD section 4). */
export interface Objective {
  alphaBar: ArrayLike<number>;
  gamma: number;
  eta: number;
  lambda: number;
}

/** One step's terms, and the log-likelihood of every row, [T, rows]. */
export interface StepTerms {
  total: Scalar;
  vi: Scalar;
  cs: Scalar;
  dm: Scalar;
  kl: Scalar;
  logLikelihood: Scalars;
}

const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

function weight(weights: Weights, name: string): Scalars {
  const found = weights.get(name);
  if (!found) throw new Error(`no weight '${name}'`);
  return found;
}

function dense(weights: Weights, name: string, x: Scalars): Scalars {
  return linear(x, weight(weights, `${name}.weight`), weight(weights, `${name}.bias`));
}

/** nn.LSTM, of as many layers as there are weights for, over inputs [T, rows, K] -> hidden states [T, rows, H]. */
export function recurrent(weights: Weights, name: string, input: Scalars): Scalars {
  const [seqLen, rows] = input.shape as [number, number];
  let hidden = input;
  for (let layer = 0; weights.has(`${name}.weight_ih_l${layer}`); layer++) {
    const part = (key: string) => weight(weights, `${name}.${key}_l${layer}`);
    const pre = linear(hidden, part('weight_ih'), part('bias_ih'));
    const width = pre.shape[2] as number;
    const at = (t: number, row: number) =>
      pre.items.slice((t * rows + row) * width, (t * rows + row + 1) * width);
    hidden = lstm(at, seqLen, rows, part('weight_hh'), part('bias_hh'));
  }
  return hidden;
}

/**
 * Pre-norm blocks over tokens [T, rows, H] with learned positions, and a final norm: nn.TransformerEncoder with norm_first.
 * @returns [T, rows, H]
 */
export function transformer(
  weights: Weights,
  part: 'encoder' | 'decoder',
  tokens: Scalars,
  heads: number,
  allowed: (t: number, key: number, row: number) => boolean,
): Scalars {
  const position = weight(weights, `${part}.position.weight`);
  let x = Scalars.make(tokens.shape, (t, row, k) => tokens.at(t, row, k).plus(position.at(t, k)));
  const norm = (name: string, of: Scalars) =>
    layerNorm(of, weight(weights, `${name}.weight`), weight(weights, `${name}.bias`));
  const at = (k: number) => `${part}.transformer.layers.${k}`;
  for (let k = 0; weights.has(`${at(k)}.norm1.weight`); k++) {
    const attn = `${at(k)}.self_attn`;
    const qkv = linear(
      norm(`${at(k)}.norm1`, x),
      weight(weights, `${attn}.in_proj_weight`),
      weight(weights, `${attn}.in_proj_bias`),
    );
    x = add(x, dense(weights, `${attn}.out_proj`, attention(qkv, heads, allowed)));
    const wide = gelu(dense(weights, `${at(k)}.linear1`, norm(`${at(k)}.norm2`, x)));
    x = add(x, dense(weights, `${at(k)}.linear2`, wide));
  }
  return norm(`${part}.transformer.norm`, x);
}

/** The head of the encoder before any normalisation: v, or means and log variances, [B, .]. */
export function encoder(weights: Weights, { seqLen, batchSize, x, mask, heads }: Batch): Scalars {
  const width = x.length / (seqLen * batchSize);
  const input = Scalars.of([seqLen, batchSize, width], x);
  if (heads === undefined) {
    return dense(weights, 'encoder.head', pool(recurrent(weights, 'encoder.lstm', input), mask));
  }
  const valid = (_: number, key: number, row: number) =>
    range(width).some((d) => (mask[(key * batchSize + row) * width + d] as number) > 0);
  const hidden = transformer(weights, 'encoder', dense(weights, 'encoder.input', input), heads, valid);
  return dense(weights, 'encoder.head', pool(hidden, mask, false));
}

/** log p(x_t | z, x_<t), [T, rows], for latents [rows, Z]; row r decodes series r mod B. */
export function decoder(weights: Weights, z: Scalars, batch: Batch): Scalars {
  const { seqLen, batchSize, x, mask, heads } = batch;
  const rows = z.shape[0] as number;
  const width = x.length / (seqLen * batchSize);
  const latentToken = linear(z, weight(weights, 'decoder.latent_token.weight'));
  const valueToken = linear(
    Scalars.of([seqLen, batchSize, width], x),
    weight(weights, 'decoder.value_token.weight'),
  );
  const tokens = Scalars.make([seqLen, rows, latentToken.shape[1] as number], (t, row, k) =>
    t === 0 ? latentToken.at(row, k) : valueToken.at(t - 1, row % batchSize, k),
  );
  const hidden =
    heads === undefined
      ? recurrent(weights, 'decoder.lstm', tokens)
      : transformer(weights, 'decoder', tokens, heads, (t, key) => key <= t);
  const head = dense(weights, 'decoder.head', hidden);
  return gaussianLogLikelihood(head, x, mask, batchSize);
}

/** epsilonHat [B, Z] of noisy latents [B, Z], with [sin(i f_j), cos(i f_j)], f_j = 10000^(-j / half). */
export function denoiser(weights: Weights, z: Scalars, timestep: readonly number[]): Scalars {
  const size = weight(weights, 'denoiser.time.0.weight').shape[1] as number;
  const half = size / 2;
  const angle = (i: number, j: number) => i * 10_000 ** (-(j % half) / half);
  const embedding = timestep.flatMap((i) =>
    range(size).map((j) => (j < half ? Math.sin(angle(i, j)) : Math.cos(angle(i, j)))),
  );
  const time = silu(dense(weights, 'denoiser.time.0', Scalars.of([timestep.length, size], embedding)));
  const e = dense(weights, 'denoiser.time.2', time);
  let h = dense(weights, 'denoiser.input', z);
  for (let k = 0; weights.has(`denoiser.blocks.${k}.linear1.weight`); k++) {
    const inner = silu(dense(weights, `denoiser.blocks.${k}.linear1`, add(h, e)));
    h = add(h, dense(weights, `denoiser.blocks.${k}.linear2`, inner));
  }
  return dense(weights, 'denoiser.output', silu(h));
}

/** sqrt(alphaBar_i) v + sqrt(1 - alphaBar_i) eps; row r takes series r mod B. */
function qSample(
  v: Scalars,
  noise: readonly number[],
  timestep: readonly number[],
  alphaBar: ArrayLike<number>,
): Scalars {
  const [series, width] = v.shape as [number, number];
  return Scalars.make([timestep.length, width], (row, j) => {
    const bar = alphaBar[timestep[row] as number] as number;
    const epsilon = noise[row * width + j] as number;
    return v
      .at(row % series, j)
      .times(Math.sqrt(bar))
      .plus(Math.sqrt(1 - bar) * epsilon);
  });
}

/** L_DM, the mean over elements of (eps - epsilonHat)^2, on latents that get no gradient. */
function denoiserLoss(weights: Weights, latents: Scalars, draw: Draw, alphaBar: ArrayLike<number>): Scalar {
  const detached = Scalars.of(latents.shape, latents.values);
  const noisy = qSample(detached, draw.denoiserNoise, draw.denoiserTimestep, alphaBar);
  const errors = denoiser(weights, noisy, draw.denoiserTimestep).items.map((epsilonHat, i) =>
    epsilonHat.minus(draw.denoiserNoise[i] as number),
  );
  return sum(errors.map((error) => error.times(error))).dividedBy(errors.length);
}

/** L_VI + lambda L_CS + L_DM with the hinge against N(0, I) (METHOD section 4), both decoder passes in one batch of 2B. */
export function posteriorStableStep(
  weights: Weights,
  batch: Batch,
  draw: Draw,
  { alphaBar, gamma, eta, lambda }: Objective,
): StepTerms {
  const { seqLen, batchSize, x, mask } = batch;
  const v = batchNorm(encoder(weights, batch));
  const z = qSample(v, draw.latentNoise, draw.latentTimestep, alphaBar);
  const logLikelihood = decoder(weights, z, batch);
  const barAt = (index: number) => alphaBar[Math.min(alphaBar.length - 1, index)] as number;
  const positions = range(seqLen);
  const width = x.length / (seqLen * batchSize);
  const reference = (t: number, series: number) =>
    range(width).reduce((total, d) => {
      const at = (t * batchSize + series) * width + d;
      return total - (mask[at] as number) * 0.5 * ((x[at] as number) ** 2 + Math.log(2 * Math.PI));
    }, 0);
  const vi = range(batchSize).map((row) =>
    sum(positions.map((t) => logLikelihood.at(t, row))).times(
      -barAt(gamma * (draw.latentTimestep[row] as number)),
    ),
  );
  const cs = range(batchSize).map((series) => {
    const row = batchSize + series;
    const excess = positions.map((t) => logLikelihood.at(t, row).minus(reference(t, series)).positivePart());
    return sum(excess).times(1 - barAt(Math.ceil((draw.latentTimestep[row] as number) / eta)));
  });
  const dm = denoiserLoss(weights, v, draw, alphaBar);
  const terms = { vi: sum(vi).dividedBy(batchSize), cs: sum(cs).dividedBy(batchSize) };
  const total = sum([terms.vi, terms.cs.times(lambda), dm]);
  return { total, ...terms, dm, kl: sum([]), logLikelihood };
}

/** The negative log-likelihood, the KL of q(z | X) from N(0, I), and L_DM on detached samples (METHOD section 5). */
export function latentDiffusionStep(
  weights: Weights,
  batch: Batch,
  draw: Draw,
  { alphaBar }: Objective,
): StepTerms {
  const { batchSize } = batch;
  const statistics = encoder(weights, batch);
  const latentSize = (statistics.shape[1] as number) / 2;
  const shape = [batchSize, latentSize];
  const z = Scalars.make(shape, (row, j) =>
    statistics
      .at(row, latentSize + j)
      .times(0.5)
      .exp()
      .times(draw.latentNoise[row * latentSize + j] as number)
      .plus(statistics.at(row, j)),
  );
  const divergence = Scalars.make(shape, (row, j) => {
    const [mu, logVariance] = [statistics.at(row, j), statistics.at(row, latentSize + j)];
    return mu.times(mu).plus(logVariance.exp()).minus(logVariance).minus(1).times(0.5);
  });
  const logLikelihood = decoder(weights, z, batch);
  const vi = sum(logLikelihood.items).dividedBy(-batchSize);
  const kl = sum(divergence.items).dividedBy(batchSize);
  const dm = denoiserLoss(weights, z, draw, alphaBar);
  return { total: sum([vi, kl, dm]), vi, cs: sum([]), dm, kl, logLikelihood };
}
