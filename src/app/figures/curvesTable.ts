import type { DependenceCurve } from '../../engine/train/protocol.ts';

/** Dependence curves: a row for each position. */
export function curvesTable(drawn: readonly { label: string; curve?: DependenceCurve }[]) {
  return {
    columns: [
      ...['run', 'step', 't', 'm_{t,0}', 'm_{t,0}, 25 %', 'm_{t,0}, 75 %'],
      ...['m_{t,t-1}', 'm_{t,t-1}, 25 %', 'm_{t,t-1}, 75 %'],
    ],
    rows: drawn.flatMap(({ label, curve }) =>
      (curve?.points ?? []).map((p) => [
        label,
        curve?.step ?? Number.NaN,
        p.position,
        p.m0,
        p.m0q25,
        p.m0q75,
        p.mLocal,
        p.mLocalQ25,
        p.mLocalQ75,
      ]),
    ),
  };
}
