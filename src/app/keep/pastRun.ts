import type { TrainerEvent } from '../../engine/train/protocol.ts';
import { afterEvent, newRun, type RunView } from '../runs/runView.ts';
import type { KeptRun } from './keptRun.ts';

/** A run of an earlier visit as the page shows it: what it measured is there, its weights are not loaded. */
export function pastRun(kept: KeptRun, events: readonly TrainerEvent[]): RunView {
  const { id, name, config, dataset, pinned, step } = kept;
  const begun = newRun({ id, name, config, dataset, origin: 'live', key: '' });
  return {
    ...events.reduce(afterEvent, begun),
    status: 'ended',
    shown: false,
    pinned,
    progress: {
      step,
      steps: config.train.steps,
      phase: 'joint',
      stepsPerSecond: 0,
      secondsLeft: 0,
    },
  };
}
