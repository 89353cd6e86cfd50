import { blankPadding, drawLengths } from '../data/lengths.ts';
import { firstWindows, inDataUnits } from '../data/selectWindows.ts';
import type { PreparedData } from '../data/types.ts';
import { unscale } from '../data/windows.ts';
import { type GenerationMode, generationModes } from './config.ts';
import type { Between, Evaluator } from './evaluator.ts';
import type { SampleSet } from './protocol.ts';

/** Series on the screen at the most. */
export const shownSeries = 12;

/** Series decoded freely from the same latents [n, Z] in all three modes. @returns scaled, [n, T, D] each */
export async function generateModes(
  evaluator: Evaluator,
  latents: Float32Array,
  seed: number,
  between?: Between,
): Promise<Record<GenerationMode, Float32Array>> {
  const generated: Partial<Record<GenerationMode, Float32Array>> = {};
  for (const mode of generationModes) {
    generated[mode] = await evaluator.generate(latents, { mode, seed }, between);
  }
  return generated as Record<GenerationMode, Float32Array>;
}

/** Applies a function to the series of each mode. */
export function mapModes<A, B>(
  byMode: Record<GenerationMode, A>,
  change: (series: A) => B,
): Record<GenerationMode, B> {
  const entries = generationModes.map((mode) => [mode, change(byMode[mode])] as const);
  return Object.fromEntries(entries) as Record<GenerationMode, B>;
}

/**
 * Real series of the test part beside generated ones, in the data's own units. The same seed each time, so that pictures of
 * two steps compare. Of whole series, generated ones have lengths drawn from those of the training part, NaN after their end.
 * @param latents [at least `shownSeries`, Z]
 */
export async function drawSamples(
  evaluator: Evaluator,
  { test, scaler, lengths: known }: PreparedData,
  latents: Float32Array,
  { step, seed }: { step: number; seed: number },
  between: Between,
): Promise<SampleSet> {
  const shown = firstWindows(test, shownSeries);
  const { count, seqLen, featureSize } = shown;
  const chosen = latents.subarray(0, count * evaluator.config.model.latentSize);
  const lengths = known && drawLengths(known, count, seed);
  const generated = await generateModes(evaluator, chosen, seed, between);
  return {
    step,
    count,
    seqLen,
    featureSize,
    real: inDataUnits(shown, scaler),
    generated: mapModes(generated, (series) =>
      blankPadding(unscale(series, scaler), lengths, seqLen, featureSize),
    ),
  };
}
