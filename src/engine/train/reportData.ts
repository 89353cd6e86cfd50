import type { Config, GenerationMode } from './config.ts';
import type { EvaluationReport } from './evaluationReport.ts';
import type { PlaneData } from './experiment/plane.ts';

/** Numbers in JSON: NaN is null. */
export type Numbers = readonly (number | null)[];

/** A run that was made headless, as a report shows it. */
export interface ReportRun {
  label: string;
  config: Config;
  /** What config.json says of the run itself. */
  version: string;
  adapter: string;
  started: string;
  state: string;
  steps: number;
  seconds: number;
  features: string[];
  split: { train: number; validation: number; test: number };
  /** Rows of loss.csv: step, total, vi, cs, dm, kl, gradient norm, learning rate. */
  losses: readonly Numbers[];
  /** dependence.csv, an entry for each evaluation: points are position, m0 with quartiles, mLocal with quartiles. */
  curves: readonly { step: number; residual: number; points: readonly Numbers[] }[];
  /** evaluation.json; NaN is null in it. */
  evaluation?: EvaluationReport;
  /** Mean over series by the ratio of sums, [T, T]. */
  matrix?: { values: Numbers; seqLen: number; residual: number; series: number };
  /** Held-out and generated series in the data's own units, [count, seqLen, featureSize]. */
  samples?: {
    count: number;
    seqLen: number;
    featureSize: number;
    real: Numbers;
    generated: Record<GenerationMode, Numbers>;
  };
  cloud?: { encoded: Numbers; sampled: Numbers; origin: [number, number]; explained: [number, number] };
  /** Plain sentences on what is missing, and why. */
  notes: string[];
}

/** What the one file of a report carries. */
export interface ReportData {
  title: string;
  /** Of the program that made the report. */
  version: string;
  date: string;
  runs: ReportRun[];
  plane?: PlaneData;
}
