import type { Config, GenerationMode } from './config.ts';
import type { EvaluationReport } from './evaluationReport.ts';
import type { PlaneData } from './experiment/plane.ts';

/** Numbers in JSON: NaN is null. */
export type Numbers = readonly (number | null)[];

/** What the folder of a run says of how it was made; a project does not hold it. */
export interface ReportRecord {
  /** Of the program that made the run. */
  version: string;
  adapter: string;
  started: string;
  state: string;
  seconds: number;
  /** Windows of each part. */
  split: { train: number; validation: number; test: number };
}

/** A run as a report shows it. */
export interface ReportRun {
  label: string;
  /** Name of its data. */
  dataset: string;
  config: Config;
  /** False where it was not drawn when its project was saved. */
  shown?: boolean;
  /** Optimiser steps done; as far as its reports reach, where nothing else is known of it. */
  steps: number;
  record?: ReportRecord;
  /** Names of the features the model sees, where they are known. */
  features?: readonly string[];
  /** Rows of loss.csv: step, total, vi, cs, dm, kl, gradient norm, learning rate. */
  losses: readonly Numbers[];
  /** An entry for each evaluation: points are position, m0 with quartiles, mLocal with quartiles. */
  curves: readonly {
    step: number;
    residual: number | null;
    /** dependence.csv does not say it. */
    quadrature?: number;
    series?: number;
    points: readonly Numbers[];
  }[];
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
  /** Plain sentences on what the runs of a file have in common. */
  notes: string[];
  plane?: PlaneData;
}
