import { createSchedule, timestepAt } from '../diffusion/schedule.ts';
import type { Estimate } from '../metrics/likelihood.ts';
import { findingOf } from '../metrics/verdict.ts';
import { type Config, defaults } from './config.ts';
import { pilotConfig } from './pilotConfig.ts';
import type { PilotMeasures, PilotResult } from './protocol.ts';

/** N, M and lambda_CS: what is chosen. */
export type Candidate = Pick<Config['method'], 'inferenceEnd' | 'collapseStart' | 'lambdaCS'>;

/** Shares of the signal, alphaBar, kept at the end of the inference zone and at the start of the collapse zone, and weights tried. */
const tried = { endSignal: [0.99, 0.9], startSignal: [0.05, 0.2], lambdaCS: [0, 0.03, 0.3] } as const;

/**
 * The defaults, and what differs from them in one of the three: N and M by the signal that is kept there, so that the candidates
 * carry over between schedules and numbers of timesteps (docs/methods.md), and lambda_CS. A star rather than the full grid of 36: eight
 * short runs, each of which says what one setting does. Where a schedule is so short that two fall on the same timesteps, one of them is left out.
 */
export function candidates({ diffusion }: Pick<Config, 'diffusion'>): Candidate[] {
  const { alphaBar } = createSchedule(diffusion);
  const usual = createSchedule(defaults.diffusion).alphaBar;
  const keeping = (signal: number) => timestepAt(alphaBar, signal);
  const { lambdaCS, inferenceEnd, collapseStart } = defaults.method;
  const start: Candidate = {
    inferenceEnd: keeping(usual[inferenceEnd] as number),
    collapseStart: keeping(usual[collapseStart] as number),
    lambdaCS,
  };
  const all = [
    start,
    ...tried.endSignal.map((signal) => ({ ...start, inferenceEnd: keeping(signal) })),
    ...tried.startSignal.map((signal) => ({ ...start, collapseStart: keeping(signal) })),
    ...tried.lambdaCS.map((weight) => ({ ...start, lambdaCS: weight })),
  ].map((one) => ({ ...one, inferenceEnd: Math.min(one.inferenceEnd, one.collapseStart - 1) }));
  return all.filter((one, index) => all.findIndex((other) => same(one, other)) === index);
}

/** Whether two candidates, or a candidate and the settings of a method, are the same. */
export function same(a: Candidate, b: Candidate): boolean {
  return (
    a.inferenceEnd === b.inferenceEnd && a.collapseStart === b.collapseStart && a.lambdaCS === b.lambdaCS
  );
}

/** A fifth of the steps of a run. */
export function usualPilotSteps({ train }: Pick<Config, 'train'>): number {
  return Math.max(1, Math.round(train.steps / 5));
}

/** The pilot runs of the candidates, all with the seed, data and other settings of the config. */
export function choiceConfigs(config: Config, steps: number): Config[] {
  return candidates(config).map((candidate) => pilotConfig(config, candidate, steps));
}

/** What the rule made of the pilot runs. */
export interface Choice {
  /** Place of the chosen candidate; the first, the defaults, is 0. */
  index: number;
  /** Candidates as likely as the best. */
  likely: readonly number[];
  /** Why, in one or two sentences with the numbers. */
  reason: string;
}

/**
 * The rule. A candidate is as good as the best in a measure if it is within one standard error, over the series of the validation
 * part, of the best one's mean (the one-standard-error rule of Breiman et al. 1984, section 3.4.3).
 * 1. Among the candidates whose pilot run did not fail, those stay whose log-likelihood is as good as the best.
 * 2. Of these, the one that loses the most when latents are exchanged is chosen: its decoder uses what is in z.
 * 3. If the defaults, which come first, are among those that stay and lose as much, they are chosen.
 * @param results by candidate; undefined where a run has not been made
 * @returns undefined where no run was measured
 */
export function choose(
  tried: readonly Candidate[],
  results: readonly (PilotResult | undefined)[],
): Choice | undefined {
  const measured = tried.flatMap((candidate, index) => {
    const measures = results[index]?.measures;
    return measures && isUsable(measures) ? [{ candidate, index, measures }] : [];
  });
  if (measured.length === 0) return undefined;
  const likely = asGoodAsBest(measured, 'logLikelihood');
  const tied = asGoodAsBest(likely, 'swap');
  const largest = largestOf(likely, 'swap');
  const chosen = tied.find(({ index }) => index === 0) ?? largest;
  return {
    index: chosen.index,
    likely: likely.map(({ index }) => index),
    reason: reasonFor({ measured, likely, largest, chosen }),
  };
}

interface Measured {
  candidate: Candidate;
  index: number;
  measures: PilotMeasures;
}
type Criterion = 'logLikelihood' | 'swap';

function isUsable({ logLikelihood, swap }: PilotMeasures): boolean {
  return [logLikelihood, swap].every(({ value, error }) => Number.isFinite(value) && Number.isFinite(error));
}

function largestOf(among: readonly Measured[], criterion: Criterion): Measured {
  return among.reduce((best, one) =>
    one.measures[criterion].value > best.measures[criterion].value ? one : best,
  );
}

function asGoodAsBest(among: readonly Measured[], criterion: Criterion): Measured[] {
  const { value, error } = largestOf(among, criterion).measures[criterion];
  return among.filter(({ measures }) => measures[criterion].value >= value - error);
}

/** What the rule found on its way. */
interface Found {
  measured: readonly Measured[];
  likely: readonly Measured[];
  /** The likely one with the largest swap loss. */
  largest: Measured;
  chosen: Measured;
}

function reasonFor(found: Found): string {
  const { measured, likely, chosen } = found;
  const { value, error } = largestOf(measured, 'logLikelihood').measures.logLikelihood;
  const [are, windows] = [likely.length === 1 ? 'is' : 'are', chosen.measures.windows];
  return [
    `${likely.length} of ${measured.length} candidates ${are} within ${nats(error)}, one standard error over ${windows} validation windows, of the best log-likelihood, ${value.toFixed(2)} nats a step.`,
    whyChosen(found),
    ...(readsContent(chosen.measures)
      ? []
      : ['So short a run reads little in its latents yet: more pilot steps would tell more.']),
  ].join(' ');
}

function whyChosen({ measured, likely, largest, chosen }: Found): string {
  const lost = ({ measures }: Measured) => nats(measures.swap.value);
  const when = 'when latents are exchanged, over the last third';
  if (chosen.index > 0) {
    const start = measured.find(({ index }) => index === 0);
    const stays = start && likely.includes(start) && `lose ${lost(start)}`;
    const beside = `the defaults ${stays || (start ? 'are less likely' : 'could not be measured')}`;
    return `Of these, ${candidateText(chosen.candidate)} loses the most ${when}: ${lost(chosen)}; ${beside}.`;
  }
  if (largest === chosen) return `Of these, the defaults lose the most ${when}: ${lost(chosen)}.`;
  return `Of these, the defaults lose ${lost(chosen)} ${when}, which is within one standard error of the most, ${lost(largest)}: they stay.`;
}

function readsContent({ swap, noise }: PilotMeasures): boolean {
  const lost = ({ value }: Estimate) => ({ all: value, lastThird: value });
  return findingOf({ swap: lost(swap), noise: lost(noise) }) === 'content';
}

/** `N = 50, M = 900, λ_CS = 0.1`. */
export function candidateText({ inferenceEnd, collapseStart, lambdaCS }: Candidate): string {
  return `N = ${inferenceEnd}, M = ${collapseStart}, λ_CS = ${lambdaCS}`;
}

function nats(value: number): string {
  return `${Number(value.toPrecision(2))} nats a step`;
}
