import { isMissing, parseNumber, type Table } from './table.ts';

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

/** One pass over the whole table, so that a single odd cell far down is seen too. */
export function columnFacts({ columns, rows, lines, decimalComma }: Table): ColumnFacts[] {
  return columns.map((name, column) => {
    let [numbers, missing] = [0, 0];
    let [minimum, maximum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    let text: ColumnFacts['text'];
    let first: string | undefined;
    let constant = true;
    rows.forEach((row, index) => {
      const cell = row[column] ?? '';
      if (isMissing(cell)) {
        missing++;
        return;
      }
      first ??= cell;
      if (cell !== first) constant = false;
      const value = parseNumber(cell, decimalComma);
      if (value === undefined) text ??= { cell, row: lines[index] ?? 0 };
      else {
        numbers++;
        if (value < minimum) minimum = value;
        if (value > maximum) maximum = value;
      }
    });
    return {
      name,
      numbers,
      missing,
      constant,
      ...(numbers > 0 && { range: [minimum, maximum] as const }),
      ...(text && { text }),
    };
  });
}

/** Whether a column can be a feature: numbers throughout, and not all the same. */
export function canBeFeature({ numbers, text, constant }: ColumnFacts): boolean {
  return numbers > 0 && text === undefined && !constant;
}
