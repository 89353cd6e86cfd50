import type { DependenceCurve, LossRow } from '../../engine/train/protocol.ts';
import type { Numbers, ReportRun } from '../../engine/train/reportData.ts';
import type { Drawable } from '../charts/SeriesPlot.tsx';
import { LossHistory } from '../runs/lossHistory.ts';

/** Null is NaN again. */
const number = (value: number | null | undefined): number => value ?? Number.NaN;

export function floats(values: Numbers): Float32Array {
  return Float32Array.from(values, number);
}

/** The live curves of a run, and last the one of its evaluation, which has more series. */
export function curvesOf({ curves, evaluation, steps }: ReportRun): DependenceCurve[] {
  const live = curves.map(({ step, residual, quadrature, series, points }): DependenceCurve => {
    return {
      step,
      residual: number(residual),
      quadrature: number(quadrature),
      series: number(series),
      points: points.map(([position, m0, m0q25, m0q75, mLocal, mLocalQ25, mLocalQ75]) => ({
        position: number(position),
        m0: number(m0),
        m0q25: number(m0q25),
        m0q75: number(m0q75),
        mLocal: number(mLocal),
        mLocalQ25: number(mLocalQ25),
        mLocalQ75: number(mLocalQ75),
      })),
    };
  });
  if (!evaluation) return live;
  const { points, residual, quadrature, series } = evaluation.dependence;
  const measured = points.map((point) => ({
    position: point.position,
    m0: number(point.m0),
    m0q25: number(point.m0q25),
    m0q75: number(point.m0q75),
    mLocal: number(point.mLocal),
    mLocalQ25: number(point.mLocalQ25),
    mLocalQ75: number(point.mLocalQ75),
  }));
  return [
    ...live.filter(({ step }) => step !== steps),
    { step: steps, points: measured, residual: number(residual), quadrature, series },
  ];
}

export function lossesOf({ losses }: ReportRun): LossHistory {
  const history = new LossHistory();
  history.add(
    losses.map(([step, total, vi, cs, dm, kl, gradNorm, lr]): LossRow => {
      return {
        step: number(step),
        total: number(total),
        vi: number(vi),
        cs: number(cs),
        dm: number(dm),
        kl: number(kl),
        gradNorm: number(gradNorm),
        lr: number(lr),
      };
    }),
  );
  return history;
}

export function drawable(
  { count, seqLen, featureSize }: NonNullable<ReportRun['samples']>,
  values: Numbers,
): Drawable {
  return { count, seqLen, featureSize, values: floats(values) };
}
