import type { SweepEvent } from '../../engine/train/protocol.ts';

/** What the page knows of a sweep. */
export interface SweepView {
  state: 'running' | 'ended' | 'stopped' | 'failed';
  /** The N of the rows and the M of the columns. */
  ends: number[];
  starts: number[];
  steps: number;
  /** Row by row; undefined where the run has not ended. */
  results: ({ m0: number; control: number; failure?: string } | undefined)[];
  /** Share of all runs that is done. */
  done: number;
  seconds: number;
  failure?: string;
}

export function afterSweepEvent(sweep: SweepView, event: SweepEvent): SweepView {
  const all = sweep.results.length;
  switch (event.type) {
    case 'progress':
      return { ...sweep, done: (event.index + event.share) / all, seconds: event.seconds };
    case 'result': {
      const { index, m0, control, failure, seconds } = event;
      const results = sweep.results.with(index, { m0, control, ...(failure && { failure }) });
      return { ...sweep, results, done: (index + 1) / all, seconds };
    }
    case 'end':
      return { ...sweep, state: event.stopped ? 'stopped' : 'ended' };
    case 'failed':
      return { ...sweep, state: 'failed', failure: event.message };
  }
}
