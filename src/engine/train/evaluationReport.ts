import type { Control } from '../metrics/control.ts';
import type { DependenceCurve } from '../metrics/dependenceSummary.ts';
import type { PerStep } from '../metrics/likelihood.ts';
import type { Score } from '../metrics/types.ts';
import type { GenerationMode } from './config.ts';

/** Dependence of an evaluation, with what the headline says of it. */
export interface DependenceReport extends Omit<DependenceCurve, 'step'> {
  /** False where the residual stayed above 1e-2: the number cannot be trusted. */
  trusted: boolean;
  /** m_{t,0} at the last position, and by mean over the last third. */
  m0: { last: number; lastThird: number };
  /** m_{t,t-1} likewise. */
  mLocal: { last: number; lastThird: number };
  /** Whose latents: the encoder's, or sampled ones. */
  latents: 'encoded' | 'sampled';
}

/** evaluation.json. Likelihoods are in nats per step, higher is better; NaN, null in the file, means that there was nothing to measure. */
export interface EvaluationReport {
  /** log p(x_t | z, x_<t) of held-out windows with the encoder's latents. */
  logLikelihood: PerStep;
  /** Lost when the windows exchange their latents. */
  swap: PerStep;
  /** Lost when the latents are standard normal noise. */
  noise: PerStep;
  /** Correlation between series and mean-mode free runs from their latents, see metrics/control. */
  control: Control;
  dependence: DependenceReport;
  /** Scores of each generation mode, by metric name. */
  scores: Record<GenerationMode, Record<string, Score>>;
  counts: {
    /** Held-out windows there are, and how many of them likelihood, tests and dependence use. */
    heldOut: number;
    windows: number;
    /** Series generated in each mode. */
    generated: number;
    /** Held-out windows the scores use, and the series in each comparison. */
    scored: number;
    comparison: number;
  };
  seeds: { data: number; train: number; evaluation: number };
  /** Wall time of the parts and of all. */
  seconds: { likelihood: number; dependence: number; generation: number; scores: number; total: number };
  /** Plain sentences on what limits the numbers. */
  notes: string[];
}
