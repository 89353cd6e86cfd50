import {
  add,
  attention,
  backProject,
  batchNorm,
  gaussianLogLikelihood,
  gelu,
  layerNorm,
  linear,
  lstm,
  map,
  mixtureLogLikelihood,
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
  /** What the decoder gives; a Gaussian where it is absent. */
  mixture?: { components: number; full: boolean };
}

/** What chance decides in one training step; noise row-major. */
export interface Draw {
  /** Of the latents, [rows, Z]. */
  latentNoise: readonly number[];
  /** i for the rows of the likelihood, then k for those of the penalty; unused by latent diffusion. */
  latentTimestep: readonly number[];
  /** Inputs that the mask token replaces, 0 or 1, [T - 1, B]; none where it is absent. */
  masked?: readonly number[];
  /** Penalty rows from `first` on take the v of the series `offset` further on as their noise. */
  negatives?: { first: number; offset: readonly number[] };
  denoiserNoise: readonly number[];
  denoiserTimestep: readonly number[];
}

/** Of the objective (docs/methods.md). */
export interface Objective {
  alphaBar: ArrayLike<number>;
  gamma: number;
  eta: number;
  lambda: number;
  /** Of the step, 1 where it is absent. */
  klWeight?: number;
  /** lambda of the mutual information constraint. */
  mutualInformation?: number;
  /** L of the Brenier map. */
  inverseLipschitz?: number;
  /** Rows (log weight, means, log deviations) of the fitted reference; N(0, I) where they are absent. */
  mixture?: readonly (readonly number[])[];
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

/** The gradient of 1' softplus(P softplus(A1 z + b1) + A2 z + b2) + L/2 ||z||^2, P = softplus(raw) / width. */
export function brenier(weights: Weights, z: Scalars, inverseLipschitz: number): Scalars {
  const raw = weight(weights, 'decoder.brenier.positive.weight');
  const positive = map(raw, (item) => item.softplus().dividedBy(raw.shape[0] as number));
  const first = dense(weights, 'decoder.brenier.linear1', z);
  const second = add(
    linear(
      map(first, (item) => item.softplus()),
      positive,
    ),
    dense(weights, 'decoder.brenier.linear2', z),
  );
  const slope2 = map(second, (item) => item.sigmoid());
  const inner = backProject(slope2, positive);
  const hidden = map(inner, (item, i) => item.times((first.items[i] as Scalar).sigmoid()));
  const gradient = add(
    backProject(hidden, weight(weights, 'decoder.brenier.linear1.weight')),
    backProject(slope2, weight(weights, 'decoder.brenier.linear2.weight')),
  );
  return add(
    gradient,
    map(z, (item) => item.times(inverseLipschitz)),
  );
}

/** What a decoder does with z and with its inputs beside the plain thing. */
export interface Wiring {
  inverseLipschitz?: number;
  masked?: readonly number[];
}

/**
 * Hidden states [T, rows, H] and, with skip connections, what z adds to the head, [rows, .]; row r decodes series r mod B.
 * @param z [rows, Z] @param x [T, B, D]
 */
export function decoderStates(
  weights: Weights,
  z: Scalars,
  { seqLen, batchSize, x, heads }: { seqLen: number; batchSize: number; x: Scalars; heads?: number },
  { inverseLipschitz, masked }: Wiring,
) {
  const rows = z.shape[0] as number;
  const mapped = inverseLipschitz === undefined ? z : brenier(weights, z, inverseLipschitz);
  const latentToken = linear(mapped, weight(weights, 'decoder.latent_token.weight'));
  const skip = weights.get('decoder.skip_token.weight');
  const everywhere = skip && linear(mapped, skip);
  const valueToken = linear(x, weight(weights, 'decoder.value_token.weight'));
  const tokens = Scalars.make([seqLen, rows, latentToken.shape[1] as number], (t, row, k) => {
    const series = row % batchSize;
    const own =
      t === 0
        ? latentToken.at(row, k)
        : masked?.[(t - 1) * batchSize + series]
          ? weight(weights, 'decoder.mask_token.weight').at(k, 0)
          : valueToken.at(t - 1, series, k);
    return everywhere ? own.plus(everywhere.at(row, k)) : own;
  });
  const skipHead = weights.get('decoder.skip_head.weight');
  return {
    hidden:
      heads === undefined
        ? recurrent(weights, 'decoder.lstm', tokens)
        : transformer(weights, 'decoder', tokens, heads, (t, key) => key <= t),
    head: skipHead && linear(mapped, skipHead),
  };
}

/** log p(x_t | z, x_<t), [T, rows], for latents [rows, Z]; row r decodes series r mod B. */
export function decoder(
  weights: Weights,
  z: Scalars,
  { seqLen, batchSize, x, mask, heads, mixture }: Batch,
  wiring: Wiring = {},
): Scalars {
  const width = x.length / (seqLen * batchSize);
  const values = Scalars.of([seqLen, batchSize, width], x);
  const { hidden, head } = decoderStates(weights, z, { seqLen, batchSize, x: values, heads }, wiring);
  const output = dense(weights, 'decoder.head', hidden);
  const whole = head ? add(output, head) : output;
  return mixture
    ? mixtureLogLikelihood(whole, x, mask, { series: batchSize, features: width, ...mixture })
    : gaussianLogLikelihood(whole, x, mask, batchSize);
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

/** The noise of the latents, with the v of other series, detached, where the draw says so. */
function withNegatives({ latentNoise, negatives }: Draw, v: Scalars): readonly number[] {
  if (!negatives) return latentNoise;
  const [series, width] = v.shape as [number, number];
  const { first, offset } = negatives;
  return latentNoise.map((epsilon, i) => {
    const n = Math.floor(i / width) - series;
    return n < first ? epsilon : v.at((n + (offset[n - first] as number)) % series, i % width).value;
  });
}

function logSumExp(values: readonly number[]): number {
  const largest = Math.max(...values);
  return largest + Math.log(values.reduce((total, value) => total + Math.exp(value - largest), 0));
}

/** L_VI + lambda L_CS + L_DM with the hinge against N(0, I) (docs/methods.md); the penalty is that of the first series, as many as the draw has rows beyond B. */
export function posteriorStableStep(
  weights: Weights,
  batch: Batch,
  draw: Draw,
  { alphaBar, gamma, eta, lambda, mixture = [] }: Objective,
): StepTerms {
  const { seqLen, batchSize, x, mask } = batch;
  const v = batchNorm(encoder(weights, batch));
  const z = qSample(v, withNegatives(draw, v), draw.latentTimestep, alphaBar);
  const logLikelihood = decoder(weights, z, batch);
  const barAt = (index: number) => alphaBar[Math.min(alphaBar.length - 1, index)] as number;
  const positions = range(seqLen);
  const width = x.length / (seqLen * batchSize);
  const components = mixture.length > 0 ? mixture : [new Array(1 + 2 * width).fill(0)];
  const reference = (t: number, series: number) =>
    logSumExp(
      components.map(([logWeight, ...rest]) =>
        range(width).reduce((total, d) => {
          const at = (t * batchSize + series) * width + d;
          const [mean, logS] = [rest[d] as number, rest[width + d] as number];
          const u = ((x[at] as number) - mean) / Math.exp(logS);
          return total - (mask[at] as number) * (0.5 * (u * u + Math.log(2 * Math.PI)) + logS);
        }, logWeight as number),
      ),
    );
  const vi = range(batchSize).map((row) =>
    sum(positions.map((t) => logLikelihood.at(t, row))).times(
      -barAt(gamma * (draw.latentTimestep[row] as number)),
    ),
  );
  const penalised = draw.latentTimestep.length - batchSize;
  const cs = range(penalised).map((series) => {
    const row = batchSize + series;
    const excess = positions.map((t) => logLikelihood.at(t, row).minus(reference(t, series)).positivePart());
    return sum(excess).times(1 - barAt(Math.ceil((draw.latentTimestep[row] as number) / eta)));
  });
  const dm = denoiserLoss(weights, v, draw, alphaBar);
  const terms = { vi: sum(vi).dividedBy(batchSize), cs: sum(cs).dividedBy(Math.max(penalised, 1)) };
  const total = sum([terms.vi, terms.cs.times(lambda), dm]);
  return { total, ...terms, dm, kl: sum([]), logLikelihood };
}

/** z = mu + exp(v / 2) eps, [rows, Z]; row r belongs to series r mod B. */
function reparameterise(statistics: Scalars, noise: readonly number[]): Scalars {
  const [series, width] = [statistics.shape[0] as number, (statistics.shape[1] as number) / 2];
  return Scalars.make([noise.length / width, width], (row, j) =>
    statistics
      .at(row % series, width + j)
      .times(0.5)
      .exp()
      .times(noise[row * width + j] as number)
      .plus(statistics.at(row % series, j)),
  );
}

/**
 * The negative log-likelihood, the KL of q(z | X) from N(0, I) at its weight of the step, and L_DM on detached samples
 * (docs/methods.md): latent diffusion, and with masked inputs, skips, a Brenier map or another weight its variants.
 */
export function latentDiffusionStep(
  weights: Weights,
  batch: Batch,
  draw: Draw,
  { alphaBar, klWeight = 1, inverseLipschitz }: Objective,
): StepTerms {
  const { batchSize } = batch;
  const statistics = encoder(weights, batch);
  const latentSize = (statistics.shape[1] as number) / 2;
  const z = reparameterise(statistics, draw.latentNoise);
  const divergence = Scalars.make([batchSize, latentSize], (row, j) => {
    const [mu, logVariance] = [statistics.at(row, j), statistics.at(row, latentSize + j)];
    return mu.times(mu).plus(logVariance.exp()).minus(logVariance).minus(1).times(0.5);
  });
  const logLikelihood = decoder(weights, z, batch, { inverseLipschitz, masked: draw.masked });
  const vi = sum(logLikelihood.items).dividedBy(-batchSize);
  const kl = sum(divergence.items).dividedBy(batchSize);
  // A method that samples its prior has no denoiser.
  const dm = weights.has('denoiser.input.weight') ? denoiserLoss(weights, z, draw, alphaBar) : sum([]);
  return { total: sum([vi, kl.times(klWeight), dm]), vi, cs: sum([]), dm, kl, logLikelihood };
}

/**
 * -((1 - lambda) log p_K + lambda sum_k w_k log p(X | z_k)) by its definition (Melis et al. 2022), from the densities of
 * q(z | X) and of the prior, and L_DM on the first sample of each series.
 */
export function mutualInformationStep(
  weights: Weights,
  batch: Batch,
  draw: Draw,
  { alphaBar, mutualInformation: lambda = 0 }: Objective,
): StepTerms {
  const { batchSize, seqLen } = batch;
  const statistics = encoder(weights, batch);
  const width = (statistics.shape[1] as number) / 2;
  const z = reparameterise(statistics, draw.latentNoise);
  const samples = (z.shape[0] as number) / batchSize;
  const logLikelihood = decoder(weights, z, batch);
  const logNormal = (value: Scalar, mean: Scalar | number, logVariance: Scalar) => {
    const error = value.minus(mean);
    return error
      .times(error)
      .times(logVariance.times(-1).exp())
      .plus(logVariance)
      .plus(Math.log(2 * Math.PI))
      .times(-0.5);
  };
  const terms = range(batchSize).map((n) => {
    const rows = range(samples).map((k) => k * batchSize + n);
    const given = rows.map((row) => sum(range(seqLen).map((t) => logLikelihood.at(t, row))));
    const ratio = rows.map((row) =>
      sum(
        range(width).map((j) => {
          const [value, zero] = [z.at(row, j), z.at(row, j).times(0)];
          const posterior = logNormal(value, statistics.at(n, j), statistics.at(n, width + j));
          return logNormal(value, 0, zero).minus(posterior);
        }),
      ),
    );
    const joint = given.map((value, k) => value.plus(ratio[k] as Scalar));
    const largest = Math.max(...joint.map(({ value }) => value));
    const shares = joint.map((value) => value.minus(largest).exp());
    const total = sum(shares);
    const weighted = sum(shares.map((share, k) => share.dividedBy(total).times(given[k] as Scalar)));
    return { weighted, bound: total.dividedBy(samples).log().plus(largest) };
  });
  const mean = (pick: (term: (typeof terms)[number]) => Scalar) => sum(terms.map(pick)).dividedBy(batchSize);
  const [weighted, bound] = [mean((term) => term.weighted), mean((term) => term.bound)];
  const first = new Scalars([batchSize, width], z.items.slice(0, batchSize * width));
  const dm = denoiserLoss(weights, first, draw, alphaBar);
  const objective = bound.times(1 - lambda).plus(weighted.times(lambda));
  return {
    total: dm.minus(objective),
    vi: weighted.times(-1),
    cs: sum([]),
    dm,
    kl: weighted.minus(bound),
    logLikelihood,
  };
}
