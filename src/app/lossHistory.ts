import type { LossRow } from '../engine/train/protocol.ts';

/** Terms of a loss row that are drawn. */
export const lossTerms = ['total', 'vi', 'cs', 'kl', 'dm'] as const;
export type LossTerm = (typeof lossTerms)[number];

const capacity = 4096;

/**
 * The losses of a run, kept outside React's state. When full, neighbours are averaged in pairs, so that any number
 * of steps fits and the whole course stays visible.
 */
export class LossHistory {
  readonly steps: number[] = [];
  readonly terms: Record<LossTerm, number[]> = { total: [], vi: [], cs: [], kl: [], dm: [] };
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
      for (const term of lossTerms) this.terms[term].push(mean(this.#pending.map((one) => one[term])));
      this.#pending = [];
      if (this.steps.length === capacity) this.#halve();
    }
  }

  /** Whether a term was ever other than zero. */
  has(term: LossTerm): boolean {
    return this.terms[term].some((value) => Number.isFinite(value) && value !== 0);
  }

  #halve(): void {
    this.#stride *= 2;
    pairUp(this.steps, (a) => a);
    for (const term of lossTerms) pairUp(this.terms[term], (a, b) => (a + b) / 2);
  }
}

/** Replaces every two neighbours by one value, in place. */
function pairUp(list: number[], join: (a: number, b: number) => number): void {
  for (let i = 0; 2 * i < list.length; i++) list[i] = join(list[2 * i] ?? 0, list[2 * i + 1] ?? 0);
  list.length /= 2;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
