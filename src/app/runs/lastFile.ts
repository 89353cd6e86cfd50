import type { KeptRun } from '../keep/keptRun.ts';
import type { RunView, SavedRun } from './runView.ts';

/** The last checkpoint file there is of a run: that which it came out of, or that which this browser keeps. */
export interface LastFile {
  /** Optimiser steps done. */
  step: number;
  /** One of the two. */
  saved?: SavedRun;
  kept?: KeptRun;
}

/** What a run goes on from when it is not loaded; undefined where its weights are gone. @param kept what is kept of it */
export function lastFile({ saved }: Pick<RunView, 'saved'>, kept?: KeptRun): LastFile | undefined {
  const there = kept?.file === undefined ? undefined : kept;
  if (there && (saved === undefined || saved.step < there.step)) return { step: there.step, kept: there };
  return saved && { step: saved.step, saved };
}
