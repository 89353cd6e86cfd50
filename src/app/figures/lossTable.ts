import type { Config } from '../../engine/train/config.ts';
import { hasTerm, type LossHistory } from '../runs/lossHistory.ts';
import type { Cell, Table } from './tables.ts';

const terms = ['vi', 'kl', 'cs', 'dm'] as const;

/**
 * Terms of the objective, not smoothed: a row for each step that is kept, counted from 0 as in loss.csv; where neighbours have
 * become one, their mean at the first of them. A term that a method has not is a gap.
 */
export function lossTable(drawn: readonly { label: string; config: Config; losses: LossHistory }[]): Table {
  return {
    columns: ['run', 'step', ...terms],
    rows: drawn.flatMap(({ label, config, losses }) =>
      losses
        .rows()
        .map((row): Cell[] => [
          label,
          row.step,
          ...terms.map((term) => (hasTerm(config, term) ? row[term] : Number.NaN)),
        ]),
    ),
  };
}
