import type { Table } from './tables.ts';

/** Whole matrices m_{t,j}: a row for each entry that is part of one, j = 0 being z. */
export function matrixTable(
  drawn: readonly { label: string; matrix: ArrayLike<number>; seqLen: number }[],
): Table {
  return {
    columns: ['run', 't', 'j', 'm_{t,j}'],
    rows: drawn.flatMap(({ label, matrix, seqLen }) =>
      Array.from({ length: seqLen }, (_, row) =>
        Array.from({ length: row + 1 }, (_, j) => [
          label,
          row + 1,
          j,
          matrix[row * seqLen + j] ?? Number.NaN,
        ]),
      ).flat(),
    ),
  };
}

/** What stands below a picture of whole matrices of which a row is open. */
export const matrixCaption = (row: number) =>
  `The whole matrix m_{t,j}, and its row t = ${row}: the share of the decoder’s state at position t that comes from input j (0 is z)`;
