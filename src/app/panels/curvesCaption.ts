import type { OverlayRun } from '../charts/overlayRows.ts';
import { stepsText } from '../runs/labels.ts';
import type { RunView } from '../runs/runView.ts';

/** What the curves show and when they were measured. @param playhead training step that is looked back at, if any */
export function curvesCaption(
  runs: readonly RunView[],
  drawn: readonly OverlayRun[],
  playhead?: number,
): string {
  const measured = drawn.flatMap(({ curve }) => curve ?? []);
  if (measured.length === 0) return 'The share of the decoder’s state at position t that comes from z';
  const before = measured.every(({ step }) => step === 0);
  const when = before ? 'before training' : whenOf(measured, playhead);
  if (runs.every(({ origin }) => origin === 'recorded')) {
    const last = Math.max(...runs.map(({ curves }) => curves.at(-1)?.step ?? 0));
    return `Recorded runs, ${when}${playhead === undefined || before ? '' : ` of ${last.toLocaleString('en')}`}`;
  }
  return `${when.charAt(0).toUpperCase()}${when.slice(1)}${playhead === undefined ? '' : ', looking back'}`;
}

/** Of many different steps the strips below the curves tell which is whose. */
function whenOf(measured: readonly { step: number }[], playhead: number | undefined): string {
  if (new Set(measured.map(({ step }) => step)).size < 3) return stepsText(measured);
  return playhead === undefined
    ? 'each run at its latest step'
    : `training step ${playhead.toLocaleString('en')} or the last one measured before`;
}
