import { gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { schemaProblem } from '../../engine/export/schemaProblem.ts';
import { closeGpu, type Gpu } from '../../engine/gpu/device.ts';
import { type Config, ConfigError, parseConfig, setKeys } from '../../engine/train/config.ts';
import type { Failure } from '../../engine/train/protocol.ts';
import { Recorder } from '../../engine/train/recorder.ts';
import {
  parseRecording,
  type RecordingFile,
  recordingFormat,
  restOf,
  splitRecording,
} from '../../engine/train/recording.ts';
import { Trainer } from '../../engine/train/trainer.ts';
import { openNodeGpu } from '../gpu.ts';
import type { Command } from './command.ts';
import { requiredFlag } from './flags.ts';
import { Interrupt } from './interrupt.ts';
import { duration, ProgressLine } from './progressLine.ts';
import { type ReadData, readData } from './readData.ts';
import { readJson } from './readJson.ts';
import { UsageError } from './usageError.ts';
import { version } from './version.ts';
import { checkWritable, writeWhole } from './wholeFile.ts';

/** A config of which several runs are made, each with some keys set. */
const planSchema = v.strictObject({
  base: v.optional(v.record(v.string(), v.unknown()), {}),
  runs: v.pipe(
    v.array(
      v.strictObject({
        label: v.string(),
        set: v.optional(v.record(v.string(), v.union([v.number(), v.string(), v.boolean(), v.null()])), {}),
      }),
    ),
    v.minLength(1),
  ),
});

interface PlannedRun {
  label: string;
  config: Config;
}

export const record: Command = {
  name: 'record',
  summary: 'Train a few runs, and write what they reported to a file that the page replays.',
  example:
    'npm run lab -- record --config public/recorded/reveal.config.json --out public/recorded/reveal.json',
  flags: [
    {
      name: 'config',
      value: 'FILE',
      help: 'JSON: { "base": {...}, "runs": [{ "label", "set": {...} }, ...] }',
    },
    {
      name: 'out',
      value: 'FILE',
      help: 'the curves; losses, series and latents go to the same name with .rest.json. Older ones are replaced once all runs are done',
    },
  ],
  notes: ['`base` is a config, and `set` has dotted keys, e.g. { "method.name": "latent-diffusion" }.'],
  async run(given) {
    const planned = await readPlan(requiredFlag(given, 'config', 'FILE'));
    const out = requiredFlag(given, 'out', 'FILE');
    const ready: { label: string; read: ReadData }[] = [];
    for (const { label, config } of planned) ready.push({ label, read: await readData(config) });
    await checkWritable(out);
    const gpu = await openNodeGpu();
    const interrupt = new Interrupt(() => console.log('Stopped; nothing was written.'));
    try {
      const runs: RecordingFile['runs'] = [];
      for (const { label, read } of ready) {
        const recorded = await interrupt.until(recordRun(gpu, label, read));
        if (!recorded) return 1;
        runs.push(recorded);
      }
      await writeRecording(out, gpu, runs);
      return 0;
    } finally {
      interrupt.release();
      closeGpu(gpu);
    }
  },
};

/** @returns the run; undefined, with the reason on stderr, where it failed */
async function recordRun(
  gpu: Gpu,
  label: string,
  { config, data }: ReadData,
): Promise<RecordingFile['runs'][number] | undefined> {
  const line = new ProgressLine();
  const recorder = new Recorder(config, data.features);
  let failure: Failure | undefined;
  const trainer = await Trainer.create(gpu, config, data, (event) => {
    recorder.onEvent(event);
    if (event.type === 'losses') line.losses(event.rows);
    else if (event.type === 'dependence') line.dependence(event.curve);
    else if (event.type === 'progress') line.progress(event.progress);
    else if (event.type === 'failed') failure = event.failure;
  });
  try {
    await trainer.run();
    line.end();
    if (failure) {
      console.error(`${label}: ${failure.message} ${failure.advice}`);
      return undefined;
    }
    const run = recorder.finish(label);
    console.log(`${label}: ${trainer.completedSteps} steps in ${duration(run.seconds)}.`);
    return run;
  } finally {
    line.end();
    trainer.destroy();
  }
}

async function writeRecording(out: string, gpu: Gpu, runs: RecordingFile['runs']): Promise<void> {
  const [first] = runs as [RecordingFile['runs'][number]];
  const file: RecordingFile = {
    format: recordingFormat,
    version,
    adapter: gpu.adapterName,
    date: new Date().toISOString().slice(0, 10),
    seed: (first.config as Config).train.seed,
    runs,
  };
  const { first: curves, rest } = splitRecording(file);
  const files = (
    [
      [out, curves],
      [restOf(out), rest],
    ] as const
  ).map(([path, part]) => {
    const text = `${JSON.stringify(part)}\n`;
    parseRecording(text); // what the page would refuse is not written
    return { path, text };
  });
  const kilobytes = (bytes: number) => `${Math.ceil(bytes / 1000)} kB`;
  for (const { path, text } of files) {
    await writeWhole(path, text);
    console.log(`${path}: ${kilobytes(text.length)}, ${kilobytes(gzipSync(text).length)} with gzip.`);
  }
}

/** @throws UsageError or ConfigError in one sentence that begins with the name of the file */
async function readPlan(path: string): Promise<PlannedRun[]> {
  const result = v.safeParse(planSchema, await readJson(path));
  if (!result.success) throw new UsageError(`${path}: ${schemaProblem(result.issues[0])}.`);
  const { base, runs } = result.output;
  try {
    const planned = runs.map(({ label, set }) => {
      const entries = Object.entries(set).map(([key, value]) => [key, String(value)] as const);
      return { label, config: setKeys(parseConfig(base), entries) };
    });
    const seeds = new Set(planned.map(({ config }) => config.train.seed));
    if (seeds.size > 1) throw new ConfigError("the runs must share one 'train.seed'");
    return planned;
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError(`${path}: ${error.message}`);
    throw error;
  }
}
