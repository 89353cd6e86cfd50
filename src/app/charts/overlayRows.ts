import type { DependenceCurve, DependencePoint } from '../../engine/train/protocol.ts';
import { thin } from './thin.ts';
import { roundTicks } from './ticks.ts';

/** A run as the overlay draws it. */
export interface OverlayRun {
  id: string;
  label: string;
  /** Place on the screen: rules colour and line style. */
  colour: number;
  curve?: DependenceCurve;
  /** Earlier evaluations, oldest first. */
  ghosts?: readonly DependenceCurve[];
  /** Where any run has it, the others step back. */
  emphasis?: boolean;
}

export type Show = 'global' | 'local' | 'both';

/** One position: for run k, `g{k}` and `l{k}` are m_{t,0} and m_{t,t-1}, `gb{k}` and `lb{k}` their quartiles, `e{k}.{i}` ghosts. */
export type OverlayRow = Record<string, number | [number, number]> & { position: number };

/** The last position of the longest curve, or `seqLen` while there is none. */
export function lastPosition(runs: readonly OverlayRun[], seqLen: number): number {
  return Math.max(0, ...runs.map(({ curve }) => curve?.points.length ?? 0)) || seqLen;
}

/** What Recharts is given: all runs by position, at most 400 of them. Runs may differ in length. */
export function overlayRows(runs: readonly OverlayRun[], show: Show, seqLen: number): readonly OverlayRow[] {
  const last = lastPosition(runs, seqLen);
  if (!runs.some(({ curve }) => curve)) return scaffold(last);
  const positions = Array.from({ length: last }, (_, i) => i + 1);
  return thin(positions).map((position) => {
    const row: OverlayRow = { position };
    runs.forEach(({ curve, ghosts = [] }, k) => {
      const point = at(curve, position);
      if (point && show !== 'local') {
        row[`g${k}`] = point.m0;
        row[`gb${k}`] = [point.m0q25, point.m0q75];
      }
      if (point && show !== 'global') {
        row[`l${k}`] = point.mLocal;
        row[`lb${k}`] = [point.mLocalQ25, point.mLocalQ75];
      }
      ghosts.forEach((ghost, i) => {
        const before = at(ghost, position);
        if (before) row[`e${k}.${i}`] = show === 'local' ? before.mLocal : before.m0;
      });
    });
    return row;
  });
}

const quarters = [-0.5, -0.25, 0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

/** Ticks for the shares of these rows: quarters, or round numbers where the shares go far beyond 0 and 1. */
export function shareTicks(rows: readonly OverlayRow[]): number[] {
  const shares = rows.flatMap(({ position, ...row }) => Object.values(row).flat()).filter(Number.isFinite);
  const [low, high] = [Math.min(0, ...shares), Math.max(1, ...shares)];
  return high - low > 2 ? roundTicks(low, high) : quarters.filter((tick) => tick >= low && tick <= high);
}

/** Axes are drawn only where there is something to measure: the corners of the empty chart. */
const scaffold = (last: number): OverlayRow[] => [
  { position: 1, scaffold: 0 },
  { position: last, scaffold: 1 },
];

const at = (curve: DependenceCurve | undefined, position: number): DependencePoint | undefined =>
  curve?.points[position - 1];
