import { firstWindows } from '../data/selectWindows.ts';
import { summariseDependence } from '../metrics/dependenceSummary.ts';
import { residualGoals } from './evaluator.ts';
import { cloudPoints, latentCloud } from './latentCloud.ts';
import type { TrainerEvent } from './protocol.ts';
import type { ModelTools } from './questions.ts';
import { drawSamples, shownSeries } from './sampleSource.ts';

/**
 * What the screen is told of a model in training: its dependence curve, generated series in every mode, and the plane of its
 * latents, each emitted as soon as it is there.
 * @param at the optimiser's step, and the quadrature nodes of the last curve
 * @returns quadrature nodes that this curve took
 */
export async function evaluateLive(
  { evaluator, config, data, held, between }: ModelTools,
  at: { step: number; nodes: number },
  emit: (event: TrainerEvent) => void,
): Promise<number> {
  const { dependenceSeries, quadrature, latents } = config.evaluate;
  const { latentSize } = config.model;
  const { step } = at;
  const { seed } = config.train;
  const windows = firstWindows(held, dependenceSeries);
  const clouded = firstWindows(held, Math.max(cloudPoints, windows.count));
  const encoded = await evaluator.encode(clouded, between);
  const sampled = await evaluator.sampleLatents(Math.max(shownSeries, clouded.count), seed, between);
  const z = (latents === 'encoded' ? encoded : sampled).subarray(0, windows.count * latentSize);
  // A decoder that needed more nodes needs them again; half of them is tried first, since training may have smoothed it.
  const nodes = Math.max(quadrature, at.nodes / 2);
  const parts = await evaluator.dependenceCurve(windows, z, nodes, between, residualGoals.live);
  emit({ type: 'dependence', curve: summariseDependence(parts, step) });
  emit({ type: 'samples', samples: await drawSamples(evaluator, data, sampled, { step, seed }, between) });
  const points = Math.min(cloudPoints, clouded.count) * latentSize;
  const cloud = latentCloud(step, latentSize, encoded.subarray(0, points), sampled.subarray(0, points));
  emit({ type: 'cloud', cloud });
  return parts.quadrature;
}
