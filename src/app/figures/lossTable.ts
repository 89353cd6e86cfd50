import type { LossHistory } from '../runs/lossHistory.ts';
import type { Cell, Table } from './tables.ts';

const terms = ['vi', 'kl', 'cs', 'dm'] as const;

/** Terms of the objective as they are drawn: a row for each step that is kept. */
export function lossTable(drawn: readonly { label: string; losses: LossHistory }[]): Table {
  return {
    columns: ['run', 'step', ...terms],
    rows: drawn.flatMap(({ label, losses }) =>
      losses.steps.map((step, k): Cell[] => [
        label,
        step,
        ...terms.map((term) => losses.terms[term].mean[k] ?? Number.NaN),
      ]),
    ),
  };
}
