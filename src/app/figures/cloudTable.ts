import type { Table } from './tables.ts';

/** Latents on the plane where the encoded ones vary most: a row for each. */
export function cloudTable(
  drawn: readonly { label: string; step: number; encoded: Float32Array; sampled: Float32Array }[],
): Table {
  return {
    columns: ['run', 'step', 'kind', 'component 1', 'component 2'],
    rows: drawn.flatMap(({ label, step, encoded, sampled }) =>
      Object.entries({ encoded, sampled }).flatMap(([kind, points]) =>
        Array.from({ length: points.length / 2 }, (_, i) => [
          label,
          step,
          kind,
          points[2 * i] ?? Number.NaN,
          points[2 * i + 1] ?? Number.NaN,
        ]),
      ),
    ),
  };
}
