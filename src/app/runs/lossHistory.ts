import { describedMethod } from '../../engine/methods/descriptions.ts';
import type { Config } from '../../engine/train/config.ts';
import type { LossRow } from '../../engine/train/protocol.ts';

/** Terms of a loss row that are drawn. */
export const lossTerms = ['total', 'vi', 'cs', 'kl', 'dm'] as const;
export type LossTerm = (typeof lossTerms)[number];

/** One term over the kept steps: the mean of each, and the least and greatest value that it stands for. */
export interface LossTrace {
  mean: number[];
  low: number[];
  high: number[];
}

/** Of a term that a run has not. */
export const noTrace: LossTrace = { mean: [], low: [], high: [] };

/** Whether the objective of a method has a term: one that it has not is no zero. */
export function hasTerm({ method }: Config, term: LossTerm): boolean {
  return describedMethod(method.name).terms.some((name) => name === term);
}

/** Where a method takes the latents of new series from: a method that trains no denoiser draws them from its prior. */
export const latentsFrom = (config: Config): 'diffusion' | 'prior' =>
  hasTerm(config, 'dm') ? 'diffusion' : 'prior';

const capacity = 2048;
const emptyTrace = (): LossTrace => ({ mean: [], low: [], high: [] });

/**
 * The losses of a run, kept outside React's state. When full, neighbours become one: their mean, and their extremes, so
 * that any number of steps fits, the whole course stays visible and no spike is lost.
 */
export class LossHistory {
  readonly steps: number[] = [];
  readonly terms: Record<LossTerm, LossTrace> = {
    total: emptyTrace(),
    vi: emptyTrace(),
    cs: emptyTrace(),
    kl: emptyTrace(),
    dm: emptyTrace(),
  };
  first?: LossRow;
  last?: LossRow;
  /** The last row of the phase in which everything trains: later totals are the denoiser's alone. */
  lastJoint?: LossRow;
  #stride = 1;
  #pending: LossRow[] = [];

  add(rows: readonly LossRow[]): void {
    for (const row of rows) {
      this.first ??= row;
      this.last = row;
      if (Number.isFinite(row.vi)) this.lastJoint = row;
      this.#pending.push(row);
      if (this.#pending.length < this.#stride) continue;
      this.steps.push((this.#pending[0]?.step ?? 0) + 1);
      for (const term of lossTerms) {
        const values = this.#pending.map((one) => one[term]);
        const { mean, low, high } = this.terms[term];
        mean.push(values.reduce((sum, value) => sum + value, 0) / values.length);
        low.push(Math.min(...values));
        high.push(Math.max(...values));
      }
      this.#pending = [];
      if (this.steps.length === capacity) this.#halve();
    }
  }

  /** Forgets the rows from a step on; where neighbours have become one, those that reach beyond it too. The last row becomes what is kept of it. */
  rewind(step: number): void {
    const kept = this.steps.filter((first) => first + this.#stride - 1 <= step).length;
    this.steps.length = kept;
    for (const { mean, low, high } of Object.values(this.terms)) {
      for (const list of [mean, low, high]) list.length = kept;
    }
    this.#pending = this.#pending.filter((row) => row.step < step);
    const left = this.rows();
    if (this.last && this.last.step >= step) this.last = left.at(-1);
    if (this.lastJoint && this.lastJoint.step >= step)
      this.lastJoint = left.findLast(({ vi }) => Number.isFinite(vi));
    if (left.length === 0) this.first = undefined;
  }

  /** The kept rows: means where neighbours have become one, without norm and learning rate, and then those that have yet to. */
  rows(): LossRow[] {
    const means = this.steps.map((first, n) => {
      const term = (name: LossTerm) => this.terms[name].mean[n] ?? Number.NaN;
      const [total, vi, cs, kl, dm] = lossTerms.map(term) as [number, number, number, number, number];
      return { step: first - 1, total, vi, cs, dm, kl, gradNorm: Number.NaN, lr: Number.NaN };
    });
    return [...means, ...this.#pending];
  }

  /** Whether a term was ever other than zero. */
  has(term: LossTerm): boolean {
    return this.terms[term].mean.some((value) => Number.isFinite(value) && value !== 0);
  }

  #halve(): void {
    this.#stride *= 2;
    pairUp(this.steps, (a) => a);
    for (const { mean, low, high } of Object.values(this.terms)) {
      pairUp(mean, (a, b) => (a + b) / 2);
      pairUp(low, Math.min);
      pairUp(high, Math.max);
    }
  }
}

/** Replaces every two neighbours by one value, in place. */
function pairUp(list: number[], join: (a: number, b: number) => number): void {
  for (let i = 0; 2 * i < list.length; i++) list[i] = join(list[2 * i] ?? 0, list[2 * i + 1] ?? 0);
  list.length /= 2;
}

/**
 * Exponential moving average, corrected for its start; values that are not finite stay as they are and do not enter.
 * @param span about how many values it looks back; 1 changes nothing
 */
export function smooth(values: readonly number[], span: number): number[] {
  const keep = 1 - 2 / (span + 1);
  let [sum, weight] = [0, 0];
  return values.map((value) => {
    if (!Number.isFinite(value)) return value;
    sum = keep * sum + value;
    weight = keep * weight + 1;
    return sum / weight;
  });
}

/**
 * The same over steps, however many of them each value stands for.
 * @param steps of the values, ascending @param span about how many steps it looks back
 */
export function smoothOver(steps: readonly number[], values: readonly number[], span: number): number[] {
  const apart = ((steps.at(-1) ?? 1) - (steps[0] ?? 0)) / Math.max(1, steps.length - 1);
  return smooth(values, Math.max(1, span / Math.max(1, apart)));
}
