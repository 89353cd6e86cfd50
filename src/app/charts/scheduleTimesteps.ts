import { timestepAt } from '../../engine/diffusion/schedule.ts';

/** What a timestep is read in: its number, or the share of the signal that is left there. */
export type SignalUnit = 'steps' | 'signal';

/** A noise schedule with its inference zone [0, N] and its collapse zone [M, L]. */
export interface Zones {
  /** [L + 1], index 0 the clean end. */
  alphaBar: Float64Array;
  N: number;
  M: number;
}

/** alphaBar, indices past L counting as L. */
const clamped = (alphaBar: Float64Array, index: number) =>
  alphaBar[Math.min(alphaBar.length - 1, Math.max(0, index))] as number;

/** Weight of the likelihood at timestep i of the inference zone: alphaBar_{gamma i}. */
export function likelihoodWeight(alphaBar: Float64Array, gamma: number, i: number): number {
  return clamped(alphaBar, Math.round(gamma * i));
}

/** Weight of the penalty at timestep k of the collapse zone: 1 - alphaBar_{ceil(k / eta)}. */
export function penaltyWeight(alphaBar: Float64Array, eta: number, k: number): number {
  return 1 - clamped(alphaBar, Math.ceil(k / eta));
}

/** Sliders and handles move gamma and eta by this much. */
export const weightStep = 0.25;
const toStep = (value: number, [low, high]: readonly [number, number]) =>
  Math.min(high, Math.max(low, weightStep * Math.round(value / weightStep)));

/** The gamma for which the likelihood at N weighs about this much: gamma N is the timestep that keeps so much of the signal. */
export function gammaFor(
  alphaBar: Float64Array,
  weight: number,
  N: number,
  range: readonly [number, number],
): number {
  return toStep(timestepAt(alphaBar, weight) / Math.max(1, N), range);
}

/** The eta for which the penalty at M weighs about this much: M / eta is the timestep that has lost so much of the signal. */
export function etaFor(
  alphaBar: Float64Array,
  weight: number,
  M: number,
  range: readonly [number, number],
): number {
  return toStep(M / Math.max(1, timestepAt(alphaBar, 1 - weight)), range);
}

/** N and M as near to what was asked as 0 <= N < M <= L allows; the one that was moved gives way. */
export function zoneChange(
  change: { N: number } | { M: number },
  { N, M, numTimesteps }: { N: number; M: number; numTimesteps: number },
): { N?: number; M?: number } {
  if ('N' in change) return { N: Math.max(0, Math.min(Math.round(change.N), M - 1)) };
  return { M: Math.min(numTimesteps, Math.max(Math.round(change.M), N + 1)) };
}

/** A share of the signal in percent, two figures where it is small or near 1: `97 %`, `0.028 %`. */
export function signalText(share: number): string {
  const value = 100 * share;
  const text =
    value >= 99.5 && value < 100 ? value.toFixed(1) : value >= 10 ? value.toFixed(0) : value.toPrecision(2);
  return `${Number(text)}\u00a0%`;
}
