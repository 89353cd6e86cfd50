import { unscale } from '../../engine/data/index.ts';
import { type Cell, csvTable } from '../../engine/export/csv.ts';
import { type NamedArray, writeSafetensors } from '../../engine/export/safetensors.ts';
import { seriesColumns } from '../../engine/export/seriesColumns.ts';
import { type WeightsOrigin, writeWeightsFile } from '../../engine/export/weightsFile.ts';
import { type Config, type GenerationMode, generationModes } from '../../engine/train/config.ts';
import type { Evaluation } from '../../engine/train/evaluateModel.ts';
import type { RunFolder } from './runFolder.ts';
import type { RunRecord } from './runRecord.ts';

/** What was held out: the test part of the run's own data, or all of another source. */
export interface HeldOutSource {
  source: string;
  part: 'test' | 'all';
}

/** Settings of an evaluation that may differ from those in config.json, under their names there. */
export interface EvaluationSettings {
  evaluate: Config['evaluate'];
  diffusion: Pick<Config['diffusion'], 'sampler' | 'sampleSteps'>;
}

/** Writes the four files that follow from the weights. @param config with the settings that the evaluation was made with */
export async function writeResults(
  folder: RunFolder,
  config: Config,
  run: RunRecord,
  weights: ReadonlyMap<string, NamedArray>,
  { report, arrays, generated, lengths }: Evaluation,
  heldOut: HeldOutSource,
): Promise<void> {
  const { sampler, sampleSteps } = config.diffusion;
  const settings: EvaluationSettings = {
    evaluate: config.evaluate,
    diffusion: { sampler, sampleSteps },
  };
  await folder.write('evaluation.json', `${JSON.stringify({ heldOut, settings, ...report }, null, 2)}\n`);
  await folder.write('samples.csv', samplesText(run, generated, lengths));
  await writeWeights(folder, weights, { config, features: run.features });
  await folder.write('evaluation.safetensors', writeSafetensors(arrays));
}

/** model.safetensors. */
export async function writeWeights(
  folder: RunFolder,
  weights: ReadonlyMap<string, NamedArray>,
  origin: WeightsOrigin,
): Promise<void> {
  await folder.write('model.safetensors', writeWeightsFile(weights, origin));
}

/** The columns of samples.csv before those of the data. */
const sampleColumns = ['series', 'position', 'generation'];

/**
 * Generated series as CSV in the data's own units, one row a position: series, position (from 1), generation, features.
 * A feature that bears the name of one of the first three is written as `NAME (data)`.
 * @param generated scaled, [count, seqLen, D] by mode @param lengths [count], where series end before seqLen
 */
export function samplesText(
  { scaler, features, seqLen }: Pick<RunRecord, 'scaler' | 'features' | 'seqLen'>,
  generated: Partial<Record<GenerationMode, Float32Array>>,
  lengths?: ArrayLike<number>,
): string {
  function* rows(): Generator<Cell[]> {
    for (const mode of generationModes) {
      const scaled = generated[mode];
      if (!scaled) continue;
      const values = unscale(scaled, scaler);
      const width = features.length;
      for (let place = 0; place * width < values.length; place++) {
        const [series, position] = [Math.floor(place / seqLen) + 1, (place % seqLen) + 1];
        if (position > (lengths?.[series - 1] ?? seqLen)) continue;
        yield [series, position, mode, ...values.subarray(place * width, (place + 1) * width)];
      }
    }
  }
  return csvTable(seriesColumns(sampleColumns, features), rows());
}
