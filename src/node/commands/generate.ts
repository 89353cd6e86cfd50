import { drawLengths } from '../../engine/data/lengths.ts';
import { closeGpu } from '../../engine/gpu/device.ts';
import { type GenerationMode, generationModes } from '../../engine/train/config.ts';
import type { Command } from './command.ts';
import { flagValue, requiredFlag, wholeFlag } from './flags.ts';
import { openModel } from './openModel.ts';
import { samplesText } from './results.ts';
import { RunFolder } from './runFolder.ts';
import { UsageError } from './usageError.ts';
import { writeWhole } from './wholeFile.ts';

/** The longest text that JavaScript can hold; a file of samples is written as one. */
const longestText = 2 ** 29 - 24;
/** Characters of a row's series, position and mode, and of one value, at the most. */
const [rowHead, valueText] = [32, 14];

export const generate: Command = {
  name: 'generate',
  summary: 'Generate new series from a run, in the units of its data.',
  example: 'npm run lab -- generate --run runs/reveal --count 1000 --seed 1 --out series.csv',
  flags: [
    { name: 'run', value: 'DIR', help: 'folder of the run' },
    { name: 'count', value: 'N', help: 'series to generate; evaluate.samples of the run if absent' },
    { name: 'seed', value: 'N', help: 'of the latents and the noise; train.seed of the run if absent' },
    { name: 'mode', value: 'NAME', help: `${generationModes.join(', ')} or all; that of the run if absent` },
    { name: 'out', value: 'FILE', help: 'CSV file to write' },
  ],
  async run(given) {
    const out = requiredFlag(given, 'out', 'FILE');
    const { folder, config, run } = await RunFolder.open(requiredFlag(given, 'run', 'DIR'));
    const count = wholeFlag(given, 'count', 1) ?? config.evaluate.samples;
    const seed = wholeFlag(given, 'seed', 0) ?? config.train.seed;
    const modes = readModes(flagValue(given, 'mode') ?? config.evaluate.generation);
    const perSeries = modes.length * run.seqLen * (rowHead + valueText * run.features.length);
    const most = Math.floor(longestText / perSeries);
    if (count > most) {
      throw new UsageError(
        `'--count' is ${count}, but at most ${most} series of this run fit into one file: write several, each with a --seed of its own.`,
      );
    }
    const { gpu, evaluator } = await openModel(folder, config, run);
    try {
      const latents = await evaluator.sampleLatents(count, seed);
      const generated: Partial<Record<GenerationMode, Float32Array>> = {};
      for (const mode of modes) generated[mode] = await evaluator.generate(latents, { mode, seed });
      await writeWhole(
        out,
        samplesText(run, generated, run.lengths && drawLengths(run.lengths, count, seed)),
      );
    } finally {
      evaluator.destroy();
      closeGpu(gpu);
    }
    console.log(
      `${count} series of ${run.lengths ? 'at most ' : ''}${run.seqLen} positions (${modes.join(', ')}) are in ${out}.`,
    );
    return 0;
  },
};

function readModes(text: string): readonly GenerationMode[] {
  if (text === 'all') return generationModes;
  const mode = generationModes.find((name) => name === text);
  if (!mode) throw new UsageError(`'--mode' is '${text}', but must be ${generationModes.join(', ')} or all.`);
  return [mode];
}
