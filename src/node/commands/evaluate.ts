import { resolve } from 'node:path';
import { DataError, type Scaler, type WindowSet } from '../../engine/data/types.ts';
import { closeGpu } from '../../engine/gpu/device.ts';
import { type Config, setKeys } from '../../engine/train/config.ts';
import { evaluateModel } from '../../engine/train/evaluateModel.ts';
import type { Command } from './command.ts';
import { setEntries } from './configFlags.ts';
import { flagValue, type Given, requiredFlag, wholeFlag } from './flags.ts';
import { Interrupt } from './interrupt.ts';
import { openModel } from './openModel.ts';
import { ProgressLine } from './progressLine.ts';
import { readData, readHeldOut } from './readData.ts';
import { writeResults } from './results.ts';
import { RunFolder } from './runFolder.ts';
import type { RunRecord } from './runRecord.ts';
import { summaryText } from './summary.ts';
import { UsageError } from './usageError.ts';

export const evaluate: Command = {
  name: 'evaluate',
  summary: 'Evaluate the weights of a run again, on its own test part or on other data.',
  example: 'npm run lab -- evaluate --run runs/reveal',
  flags: [
    { name: 'run', value: 'DIR', help: 'folder of the run' },
    { name: 'data', value: 'FILE', help: 'other data with the same columns, all of it held out' },
    { name: 'seed', value: 'N', help: 'of the swap, the noise and the generated series' },
    {
      name: 'set',
      value: 'a.b=c',
      many: true,
      help: 'an evaluate or diffusion.sampl... key; may be repeated',
    },
  ],
  notes: [
    'Writes evaluation.json, samples.csv, model.safetensors and evaluation.safetensors into the folder.',
    'evaluation.json has the settings that it was made with; config.json keeps those of training.',
  ],
  async run(given) {
    const { folder, config: trained, run } = await RunFolder.open(requiredFlag(given, 'run', 'DIR'));
    const config = setKeys(trained, evaluationKeys(given));
    const seed = wholeFlag(given, 'seed', 0);
    const source = flagValue(given, 'data');
    const test = await heldOutWindows(config, run, source);
    const line = new ProgressLine();
    const interrupt = new Interrupt(() => line.print('Stopping; the files in the folder stay as they are.'));
    try {
      const { gpu, evaluator, weights } = await interrupt.until(openModel(folder, config, run));
      try {
        const evaluation = await evaluateModel(
          evaluator,
          config,
          { test, lengths: run.lengths },
          { seed, between: interrupt.check, onStage: (stage) => line.show(`evaluating: ${stage}`) },
        );
        line.end();
        const heldOut = { source: source ?? config.data.source, part: source ? 'all' : 'test' } as const;
        await writeResults(folder, config, run, weights, evaluation, heldOut);
        console.log(summaryText(evaluation.report));
        return 0;
      } finally {
        evaluator.destroy();
        closeGpu(gpu);
      }
    } finally {
      interrupt.release();
    }
  },
};

/** @throws UsageError on a key that only training could follow */
function evaluationKeys(given: Given): [string, string][] {
  const entries = setEntries(given);
  const wrong = entries.find(([key]) => /^(data|model|method|train)\.|^diffusion\.(?!sampl)/.test(key));
  if (wrong) {
    throw new UsageError(
      `'${wrong[0]}' was settled by training; evaluate can set evaluate.* and diffusion.sampl*.`,
    );
  }
  return entries;
}

async function heldOutWindows(
  config: Config,
  run: RunRecord,
  source: string | undefined,
): Promise<WindowSet> {
  const own = source !== undefined && [source, resolve(source)].includes(config.data.source);
  if (source !== undefined && !own) return readHeldOut({ ...config, data: { ...config.data, source } }, run);
  const { data } = await readData(config);
  if (own) {
    // Another file may have come into the place of the one that it was trained on.
    if (!sameScaler(data.scaler, run.scaler)) return readHeldOut(config, run);
    throw new DataError(
      `${source}: The run was trained on these data: leave --data out, and its test part is evaluated.`,
    );
  }
  if (!sameScaler(data.scaler, run.scaler)) {
    throw new DataError(
      `${config.data.source}: These are no longer the data that the run was trained on; evaluate them with --data.`,
    );
  }
  return data.test;
}

/** Whether two scalers are the same to a millionth of the deviation of each feature, whatever its unit. */
function sameScaler(a: Scaler, b: Scaler): boolean {
  const close = (x: number[], y: number[]) =>
    x.every((value, d) => Math.abs(value - (y[d] ?? 0)) <= 1e-6 * (a.standardDeviation[d] ?? 0));
  return (
    a.mean.length === b.mean.length &&
    close(a.mean, b.mean) &&
    close(a.standardDeviation, b.standardDeviation)
  );
}
