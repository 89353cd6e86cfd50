import { useRef } from 'react';
import type { RunView } from './runs/runView.ts';
import { shownRuns, useLab } from './store.ts';

/**
 * The runs that are drawn: the same array until one of these parts of a run is another, or another run is drawn. A run in
 * training is a new object with every report of its progress, four times a second, and its pictures are not drawn anew for that.
 */
export function useShown(...parts: readonly (keyof RunView)[]): readonly RunView[] {
  const last = useRef<readonly RunView[]>([]);
  return useLab((state) => {
    const runs = shownRuns(state);
    const same =
      runs.length === last.current.length &&
      runs.every((run, k) => [...identity, ...parts].every((part) => run[part] === last.current[k]?.[part]));
    if (!same) last.current = runs;
    return last.current;
  });
}

/** What every picture names of a run. */
const identity = ['id', 'name', 'config', 'origin'] as const;
