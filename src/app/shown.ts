import { useRef } from 'react';
import type { RunView } from './runs/runView.ts';
import { type LabState, liveRuns, shownRuns, useLab } from './store.ts';

/** The runs that are drawn, as `useRuns` gives them. */
export const useShown = (...parts: readonly (keyof RunView)[]) => useRuns(shownRuns, ...parts);

/** The live runs, as `useRuns` gives them. */
export const useLive = (...parts: readonly (keyof RunView)[]) => useRuns(liveRuns, ...parts);

/**
 * Some of the runs: the same array until one of these parts of a run is another, or they are other runs. A run in training is a
 * new object with every report of its progress, four times a second, and what shows nothing of that is not drawn anew for it.
 */
export function useRuns(
  select: (state: LabState) => readonly RunView[],
  ...parts: readonly (keyof RunView)[]
): readonly RunView[] {
  const last = useRef<readonly RunView[]>([]);
  return useLab((state) => {
    const runs = select(state);
    if (!alike(runs, last.current, parts)) last.current = runs;
    return last.current;
  });
}

/** What every picture names of a run. */
const identity = ['id', 'name', 'config', 'origin'] as const;

/** Whether they are the same runs, and the same in these parts. */
export function alike(
  runs: readonly RunView[],
  others: readonly RunView[],
  parts: readonly (keyof RunView)[],
): boolean {
  return (
    runs.length === others.length &&
    runs.every((run, k) => [...identity, ...parts].every((part) => run[part] === others[k]?.[part]))
  );
}
