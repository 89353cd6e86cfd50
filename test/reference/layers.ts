import { dot, Scalar, Scalars, sum } from './scalar.ts';

const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

/** The rows of a matrix, or of whatever is one up to its last axis. */
const rowsOf = ({ items }: Scalars, width: number): Scalar[][] =>
  range(items.length / width).map((row) => items.slice(row * width, (row + 1) * width));

/** X W^T + b over the last axis: x [.., K], weight [M, K], bias [M]. */
export function linear(x: Scalars, weight: Scalars, bias?: Scalars): Scalars {
  const [outSize, inSize] = weight.shape as [number, number];
  const inputs = rowsOf(x, inSize);
  const weights = rowsOf(weight, inSize);
  const items = inputs.flatMap((input) =>
    weights.map((row, m) => {
      const total = dot(input, row);
      return bias ? total.plus(bias.at(m)) : total;
    }),
  );
  return new Scalars([...x.shape.slice(0, -1), outSize], items);
}

export function silu(x: Scalars): Scalars {
  return new Scalars(
    x.shape,
    x.items.map((item) => item.silu()),
  );
}

/** x W over the last axis: x [rows, M], weight [M, K]. */
export function backProject(x: Scalars, weight: Scalars): Scalars {
  const [outSize, inSize] = weight.shape as [number, number];
  const inputs = rowsOf(x, outSize);
  const columns = range(inSize).map((k) => range(outSize).map((m) => weight.at(m, k)));
  const items = inputs.flatMap((input) => columns.map((column) => dot(input, column)));
  return new Scalars([inputs.length, inSize], items);
}

/** Item by item. */
export function map(x: Scalars, body: (item: Scalar, index: number) => Scalar): Scalars {
  return new Scalars(x.shape, x.items.map(body));
}

export function gelu(x: Scalars): Scalars {
  return new Scalars(
    x.shape,
    x.items.map((item) => item.gelu()),
  );
}

/** Layer normalisation over the last axis, eps 1e-5, with affine [width]. */
export function layerNorm(x: Scalars, weight: Scalars, bias: Scalars): Scalars {
  const width = weight.items.length;
  const items = range(x.items.length / width).flatMap((row) => {
    const values = x.items.slice(row * width, (row + 1) * width);
    const mean = sum(values).dividedBy(width);
    const centred = values.map((value) => value.minus(mean));
    const rstd = dot(centred, centred).dividedBy(width).plus(1e-5).power(-0.5);
    return centred.map((value, j) => value.times(rstd).times(weight.at(j)).plus(bias.at(j)));
  });
  return new Scalars(x.shape, items);
}

/**
 * Multi-head attention of qkv [T, rows, 3H] over the keys that `allowed` admits; zero where there is none.
 * @returns [T, rows, H]
 */
export function attention(
  qkv: Scalars,
  heads: number,
  allowed: (t: number, key: number, row: number) => boolean,
): Scalars {
  const [seqLen, rows, width] = qkv.shape as [number, number, number];
  const hiddenSize = width / 3;
  const size = hiddenSize / heads;
  const part = (t: number, row: number, which: number, head: number) =>
    range(size).map((k) => qkv.at(t, row, which * hiddenSize + head * size + k));
  const head = (t: number, row: number, h: number): Scalar[] => {
    const keys = range(seqLen).filter((key) => allowed(t, key, row));
    if (keys.length === 0) return range(size).map(() => new Scalar(0));
    const scores = keys.map((key) =>
      dot(part(t, row, 0, h), part(key, row, 1, h)).dividedBy(Math.sqrt(size)),
    );
    const highest = Math.max(...scores.map(({ value }) => value));
    const weights = scores.map((score) => score.minus(highest).exp());
    const total = sum(weights);
    const values = keys.map((key) => part(key, row, 2, h));
    return range(size).map((k) =>
      dot(
        weights,
        values.map((value) => value[k] as Scalar),
      ).dividedBy(total),
    );
  };
  const items = range(seqLen).flatMap((t) =>
    range(rows).flatMap((row) => range(heads).flatMap((h) => head(t, row, h))),
  );
  return new Scalars([seqLen, rows, hiddenSize], items);
}

export function add(a: Scalars, b: Scalars): Scalars {
  return new Scalars(
    a.shape,
    a.items.map((item, i) => item.plus(b.items[i % b.items.length] as Scalar)),
  );
}

/** One LSTM cell from pre-activations of a row: gates i, f, g, o of H units each. */
function cell(pre: readonly Scalar[], c: readonly Scalar[]): { h: Scalar[]; c: Scalar[] } {
  const hiddenSize = c.length;
  const gate = (g: number, j: number) => pre[g * hiddenSize + j] as Scalar;
  const next = range(hiddenSize).map((j) =>
    gate(1, j)
      .sigmoid()
      .times(c[j] as Scalar)
      .plus(gate(0, j).sigmoid().times(gate(2, j).tanh())),
  );
  return { c: next, h: next.map((value, j) => gate(3, j).sigmoid().times(value.tanh())) };
}

/**
 * An LSTM layer over pre-activations W_ih x + b_ih, position-major.
 * @param pre the 4H pre-activations of (position, row) @returns hidden states [T, rows, H]
 */
export function lstm(
  pre: (t: number, row: number) => readonly Scalar[],
  seqLen: number,
  rows: number,
  weightHh: Scalars,
  biasHh: Scalars,
): Scalars {
  const hiddenSize = weightHh.shape[1] as number;
  const zeros = () => range(hiddenSize).map(() => new Scalar(0));
  const items: Scalar[][] = range(rows).map(() => []);
  for (const row of range(rows)) {
    let [h, c] = [zeros(), zeros()];
    for (const t of range(seqLen)) {
      const recurrent = linear(new Scalars([1, hiddenSize], h), weightHh, biasHh);
      const total = pre(t, row).map((value, m) => value.plus(recurrent.items[m] as Scalar));
      ({ h, c } = cell(total, c));
      (items[row] as Scalar[]).push(...h);
    }
  }
  return Scalars.make(
    [seqLen, rows, hiddenSize],
    (t, row, j) => (items[row] as Scalar[])[t * hiddenSize + j] as Scalar,
  );
}

/** [h at the last valid position ; mean of h over valid positions]: hidden [T, B, H], mask [T, B, D] -> [B, 2H]; or the mean alone. */
export function pool(hidden: Scalars, mask: readonly number[], last = true): Scalars {
  const [seqLen, rows, hiddenSize] = hidden.shape as [number, number, number];
  const width = mask.length / (seqLen * rows);
  const valid = (row: number) =>
    range(seqLen).filter((t) => range(width).some((d) => (mask[(t * rows + row) * width + d] ?? 0) > 0));
  return Scalars.make([rows, (last ? 2 : 1) * hiddenSize], (row, k) => {
    const positions = valid(row);
    if (positions.length === 0) return new Scalar(0);
    if (last && k < hiddenSize) return hidden.at(positions.at(-1) as number, row, k);
    return sum(positions.map((t) => hidden.at(t, row, k % hiddenSize))).dividedBy(positions.length);
  });
}

/** Batch normalisation by the batch's own mean and biased variance, eps 1e-5, no affine. */
export function batchNorm(x: Scalars): Scalars {
  const [rows, width] = x.shape as [number, number];
  const columns = range(width).map((j) => {
    const column = range(rows).map((row) => x.at(row, j));
    const mean = sum(column).dividedBy(rows);
    const centred = column.map((value) => value.minus(mean));
    const variance = dot(centred, centred).dividedBy(rows);
    return centred.map((value) => value.times(variance.plus(1e-5).power(-0.5)));
  });
  return Scalars.make([rows, width], (row, j) => (columns[j] as Scalar[])[row] as Scalar);
}

/** log N(x; mu, sigma^2) summed over observed features: head [T, rows, 2D] = [mu, raw], x and mask [T, series, D] -> [T, rows]. */
export function gaussianLogLikelihood(
  head: Scalars,
  x: readonly number[],
  mask: readonly number[],
  series: number,
  sigma = { low: -3, range: 4 },
): Scalars {
  const [seqLen, rows, width] = head.shape as [number, number, number];
  const features = width / 2;
  return Scalars.make([seqLen, rows], (t, row) => {
    const terms = range(features).map((d) => {
      const at = (t * series + (row % series)) * features + d;
      const logSigma = head
        .at(t, row, features + d)
        .sigmoid()
        .times(sigma.range)
        .plus(sigma.low);
      const u = head
        .at(t, row, d)
        .minus(x[at] as number)
        .times(logSigma.times(-1).exp());
      return u
        .times(u)
        .times(-0.5)
        .minus(logSigma)
        .minus(0.5 * Math.log(2 * Math.PI))
        .times(mask[at] as number);
    });
    return sum(terms);
  });
}

/**
 * log sum_k w_k N(x; m_k, cov_k) over observed features: head [T, rows, K (1 + 2D)] = [logits, means, raws], and K D (D - 1) / 2
 * entries of B where `full`; residual (I - B)(x - m)/s, B = 4 tanh(raw / 4) -> [T, rows].
 */
export function mixtureLogLikelihood(
  head: Scalars,
  x: readonly number[],
  mask: readonly number[],
  {
    series,
    features,
    components,
    full,
  }: Record<'series' | 'features' | 'components', number> & { full: boolean },
  sigma = { low: -3, range: 4 },
): Scalars {
  const [seqLen, rows] = head.shape as [number, number, number];
  return Scalars.make([seqLen, rows], (t, row) => {
    const at = (i: number) => head.at(t, row, i);
    const place = (t * series + (row % series)) * features;
    const densities = range(components).map((k) => {
      const u: Scalar[] = [];
      const terms = range(features).map((d) => {
        const logSigma = at(components * (1 + features) + k * features + d)
          .sigmoid()
          .times(sigma.range)
          .plus(sigma.low);
        const scaled = at(components + k * features + d)
          .times(-1)
          .plus(x[place + d] as number)
          .times(logSigma.times(-1).exp());
        u.push(scaled);
        const entries =
          components * (1 + 2 * features) + (k * features * (features - 1)) / 2 + (d * (d - 1)) / 2;
        const others = full
          ? range(d).map((j) =>
              at(entries + j)
                .times(0.25)
                .tanh()
                .times(4)
                .times(u[j] as Scalar),
            )
          : [];
        const r = others.reduce((left, other) => left.minus(other), scaled);
        return r
          .times(r)
          .times(-0.5)
          .minus(logSigma)
          .minus(0.5 * Math.log(2 * Math.PI))
          .times(mask[place + d] as number);
      });
      return sum(terms);
    });
    const logits = range(components).map(at);
    return logSumExp(densities.map((density, k) => density.plus(logits[k] as Scalar))).minus(
      logSumExp(logits),
    );
  });
}

function logSumExp(values: readonly Scalar[]): Scalar {
  const top = Math.max(...values.map(({ value }) => value));
  return sum(values.map((value) => value.minus(top).exp()))
    .log()
    .plus(top);
}
