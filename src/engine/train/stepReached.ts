import type { TrainerEvent } from './protocol.ts';

/** Steps done, as far as what was reported reaches. */
export function stepReached(history: readonly TrainerEvent[]): number {
  const done = history.map((event) => {
    if (event.type === 'dependence') return event.curve.step;
    return event.type === 'losses' ? 1 + (event.rows.at(-1)?.step ?? -1) : 0;
  });
  return Math.max(0, ...done);
}
