import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { PreparedData } from '../../engine/data/types.ts';
import { SafetensorsError } from '../../engine/export/safetensors.ts';
import { closeGpu, type Gpu, reopening } from '../../engine/gpu/device.ts';
import { type Checkpoint, CheckpointError, writeCheckpoint } from '../../engine/train/checkpoint.ts';
import type { Config } from '../../engine/train/config.ts';
import { evaluateModel } from '../../engine/train/evaluateModel.ts';
import { Evaluator } from '../../engine/train/evaluator.ts';
import type { NamedArrays } from '../../engine/train/parameters.ts';
import type { Failure, TrainerEvent } from '../../engine/train/protocol.ts';
import { RecoveringTrainer } from '../../engine/train/recovery.ts';
import { startingWeights } from '../../engine/train/startingWeights.ts';
import { Trainer } from '../../engine/train/trainer.ts';
import { openNodeGpu } from '../gpu.ts';
import type { Command } from './command.ts';
import { configFlags, readConfig } from './configFlags.ts';
import { flagValue, type Given, requiredFlag, shellWord } from './flags.ts';
import { Interrupt, Interrupted } from './interrupt.ts';
import { duration, ProgressLine } from './progressLine.ts';
import { readData } from './readData.ts';
import { writeResults, writeWeights } from './results.ts';
import { RunFolder } from './runFolder.ts';
import { newRecord } from './runRecord.ts';
import { summaryText } from './summary.ts';
import { UsageError } from './usageError.ts';
import { version } from './version.ts';
import { WriterLock } from './writerLock.ts';

export const train: Command = {
  name: 'train',
  summary: 'Train a model, and write it down with its losses, dependence and scores.',
  example:
    'npm run lab -- train --data reveal --window 32 --method posterior-stable --steps 1500 --out runs/reveal',
  flags: [
    ...configFlags,
    { name: 'out', value: 'DIR', help: 'folder for the run; must be new or empty' },
    { name: 'weights', value: 'FILE', help: 'a model.safetensors to go on from; random weights if absent' },
    {
      name: 'resume',
      value: 'DIR',
      help: 'go on with the run in the folder, from its last checkpoint; no other flag goes with it',
    },
    { name: 'force', help: 'replace the run that is in the folder' },
  ],
  notes: [
    'Ctrl-C stops cleanly and keeps everything so far; a second Ctrl-C ends at once. --resume goes on from the last checkpoint.',
  ],
  async run(given) {
    const resumed = flagValue(given, 'resume');
    if (resumed !== undefined) return resume(resumed, given);
    const settings = await readConfig(given);
    const out = requiredFlag(given, 'out', 'DIR');
    const force = flagValue(given, 'force') !== undefined;
    await RunFolder.check(out, force);
    const { data, config } = await readData(settings);
    for (const note of data.notes) console.log(note);
    console.log(
      `${data.features.length} ${data.features.length === 1 ? 'feature' : 'features'}, ${data.lengths ? 'series of at most' : 'windows of'} ${data.train.seqLen}: ${data.train.count} to train on, ` +
        `${data.validation.count} to validate on, ${data.test.count} to test on.`,
    );
    const weights = await readStart(flagValue(given, 'weights'), config, data);
    const gpu = await openNodeGpu();
    try {
      return await trainInto(out, gpu, config, data, { weights, force });
    } finally {
      closeGpu(gpu);
    }
  },
};

/** @throws UsageError or SafetensorsError in one sentence that begins with the name of the file */
async function readStart(path: string | undefined, config: Config, data: PreparedData) {
  if (path === undefined) return undefined;
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch {
    throw new UsageError(`'--weights ${path}': there is no such file.`);
  }
  try {
    return startingWeights(bytes, config, { seqLen: data.train.seqLen, features: data.features });
  } catch (error) {
    if (error instanceof SafetensorsError) throw new SafetensorsError(`${path}: ${error.message}`);
    throw error;
  }
}

/** Trains on from the last checkpoint; the files are those of a run that was never interrupted. */
async function resume(path: string, given: Given): Promise<number> {
  const other = given.find(({ name }) => name !== 'resume');
  if (other)
    throw new UsageError(`'--${other.name}' cannot go with --resume: the run has its settings already.`);
  await RunFolder.open(path); // what is no run is said first
  const interrupt = new Interrupt();
  const lock = await WriterLock.take(resolve(path)).catch((error: unknown) => {
    interrupt.release();
    throw error;
  });
  let gpu: Gpu | undefined;
  try {
    const { folder, config: stored, run } = await RunFolder.open(path);
    const checkpoint = await folder.readCheckpoint();
    const { data, config } = await interrupt.until(readData(stored));
    console.log(`Resuming at step ${checkpoint.counters.step} of ${config.train.steps}.`);
    gpu = await interrupt.until(openNodeGpu());
    const resumed = { folder, checkpoint, seconds: run.seconds };
    return await trainInto(path, gpu, config, data, { interrupt, resumed });
  } catch (error) {
    if (error instanceof CheckpointError) throw new UsageError(`${path}: ${error.message}`);
    throw error;
  } finally {
    lock.release();
    interrupt.release();
    if (gpu) closeGpu(gpu);
  }
}

/** A run that goes on: its folder, where it stood, and the seconds it took so far. */
interface Resumed {
  folder: RunFolder;
  checkpoint: Checkpoint;
  seconds: number;
}

/** What a run begins with in place of random weights at step 0. */
interface Start {
  interrupt?: Interrupt;
  weights?: NamedArrays;
  /** Whether a run that is in the folder is replaced. */
  force?: boolean;
  resumed?: Resumed;
}

async function trainInto(
  out: string,
  gpu: Gpu,
  config: Config,
  data: PreparedData,
  { interrupt = new Interrupt(), weights, force = false, resumed }: Start,
): Promise<number> {
  const estimate = Trainer.needs(config, data);
  const parts = estimate.parts.map(({ label, bytes }) => `${label} ${megabytes(bytes)}`).join(', ');
  console.log(`${gpu.adapterName}: ${megabytes(estimate.bytes)} MiB (${parts}).`);

  const line = new ProgressLine();
  let folder = resumed?.folder;
  let failure: Failure | undefined;
  let unwritten: unknown;
  let pause = () => {};
  /** A file that cannot be written, as on a full disk, stops the run where it is. */
  const write = (body: () => void) => {
    try {
      if (!unwritten) body();
    } catch (error) {
      unwritten = error;
      pause();
    }
  };
  const onEvent = (event: TrainerEvent) => {
    if (event.type === 'losses') {
      line.losses(event.rows);
      write(() => folder?.appendLosses(event.rows));
    } else if (event.type === 'dependence') {
      line.dependence(event.curve);
      write(() => folder?.appendCurve(event.curve));
    } else if (event.type === 'progress') line.progress(event.progress);
    else if (event.type === 'checkpoint')
      write(() => folder?.writeCheckpoint(writeCheckpoint(event.checkpoint)));
    else if (event.type === 'rewound') write(() => folder?.rewind(event.step));
    else if (event.type === 'log' && /^(The GPU|The loss)/.test(event.message)) line.print(event.message);
    else if (event.type === 'failed') failure = event.failure;
  };
  const openGpu = reopening(openNodeGpu, gpu);
  const from = resumed?.checkpoint;
  const trainer = await interrupt.until(
    RecoveringTrainer.create({ openGpu, config, data, onEvent, weights, ...(from && { from }) }),
  );
  let lock: WriterLock | undefined;
  pause = () => void trainer.pause();
  interrupt.onAsk = () => {
    line.print('Stopping; what there is so far is kept.');
    pause();
  };
  const began = performance.now();
  const record = newRecord(config, data, {
    version,
    adapter: gpu.adapterName,
    memoryBytes: estimate.bytes,
  });
  try {
    if (folder && from) {
      const lost = folder.settle(from);
      for (const sentence of lost) line.print(sentence);
      record.notes = [...record.notes, ...lost];
    }
    if (!folder) {
      lock = await WriterLock.take(resolve(out));
      await RunFolder.check(out, force); // another process may have made it by now
      folder = await RunFolder.create(out, config, record);
    }
    if (!interrupt.asked) await trainer.run();
    line.end();
    if (unwritten) throw unwritten;
    const state = failure ? 'failed' : interrupt.asked ? 'interrupted' : 'finished';
    const seconds = (resumed?.seconds ?? 0) + (performance.now() - began) / 1000;
    await folder.writeConfig(config, { ...record, state, steps: trainer.completedSteps, seconds });
    const parameters = failure?.cause === 'device-lost' ? undefined : await trainer.parameters();
    if (parameters) await writeWeights(folder, parameters, { config, features: record.features });
    if (failure || !parameters) {
      if (failure) console.error(`${failure.message} ${failure.saved} ${failure.advice}`);
      return 1;
    }
    console.log(`${trainer.completedSteps} steps of ${config.method.name} in ${duration(seconds)}.`);
    if (interrupt.asked) return stopped(folder, interrupt.code);
    trainer.destroy(); // its memory makes room for the evaluation's
    const evaluator = await interrupt.until(
      Evaluator.create(await openGpu(), config, data.train, parameters),
    );
    const evaluation = await evaluateModel(evaluator, config, data, {
      onStage: (stage) => line.show(`evaluating: ${stage}`),
      between: interrupt.check,
    });
    evaluator.destroy();
    line.end();
    const heldOut = { source: config.data.source, part: 'test' } as const;
    await writeResults(folder, config, record, parameters, evaluation, heldOut);
    console.log(`\n${summaryText(evaluation.report)}\n\nEverything is in ${out}.`);
    return 0;
  } catch (error) {
    line.end();
    if (error instanceof Interrupted && folder) return stopped(folder, error.code);
    if (folder?.hasCheckpoint) console.log(`${out} holds what there is; ${goesOn(folder)}.`);
    throw error;
  } finally {
    lock?.release();
    interrupt.release();
    trainer.destroy();
  }
}

function stopped(folder: RunFolder, code: number): number {
  console.log(
    `Stopped. ${folder.path} holds what there is; ${folder.hasCheckpoint ? `${goesOn(folder)}, ` : ''}'npm run lab -- evaluate --run ${shellWord(folder.path)}' makes the rest.`,
  );
  return code;
}

function goesOn({ path }: RunFolder): string {
  return `'npm run lab -- train --resume ${shellWord(path)}' goes on`;
}

function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
