import type { OverlayRun } from './overlayRows.ts';
import { runColour, runDash } from './runStyle.ts';

/**
 * A run alone has the colours of the two shares, among others it has its own.
 * @param local the share from the value before, not the one from z
 */
export const strokeOf = ({ colour }: OverlayRun, local: boolean, alone: boolean) =>
  alone ? (local ? 'var(--local)' : 'var(--global)') : runColour(colour);

/** Colour, width and dash of a line. */
export function lineStyle(run: OverlayRun, local: boolean, alone: boolean) {
  const stroke = strokeOf(run, local, alone);
  if (alone) return { stroke, strokeWidth: local ? 2 : 2.5, strokeDasharray: local ? '6 4' : undefined };
  return { stroke, strokeWidth: local ? 1.25 : 2.75, strokeDasharray: runDash(run.colour) };
}

/** Whether a run is drawn faintly, since another one is emphasised. */
export function stepsBack(run: OverlayRun, runs: readonly OverlayRun[]): boolean {
  return !run.emphasis && runs.some(({ emphasis }) => emphasis);
}
