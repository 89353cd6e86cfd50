import type { Table } from './cells.ts';

/** What a look at every cell of a column tells. */
export interface ColumnFacts {
  name: string;
  /** Cells that hold numbers. */
  numbers: number;
  /** Cells without a value. */
  missing: number;
  /** Smallest and largest number. */
  range?: readonly [minimum: number, maximum: number];
  /** The first cell that holds something else, with its row in the file (header = 1). */
  text?: { cell: string; row: number };
  /** Every value is the same, or there is none. */
  constant: boolean;
}

/** Of every cell, so that a single odd one far down is seen too. */
export function columnFacts({ cells, line }: Table): ColumnFacts[] {
  return cells.map((column) => {
    const { numbers, missing, minimum, maximum, oddRow, constant } = column.tally;
    return {
      name: column.name,
      numbers,
      missing,
      constant,
      ...(numbers > 0 && { range: [minimum, maximum] as const }),
      ...(oddRow !== undefined && { text: { cell: column.text(oddRow), row: line(oddRow) } }),
    };
  });
}

/** Whether a column can be a feature: numbers throughout, and not all the same. */
export function canBeFeature({ numbers, text, constant }: ColumnFacts): boolean {
  return numbers > 0 && text === undefined && !constant;
}
