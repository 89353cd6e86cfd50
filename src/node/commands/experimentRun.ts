import type { PreparedData } from '../../engine/data/types.ts';
import type { Gpu } from '../../engine/gpu/device.ts';
import type { Config } from '../../engine/train/config.ts';
import { type Evaluation, evaluateModel } from '../../engine/train/evaluateModel.ts';
import { Evaluator } from '../../engine/train/evaluator.ts';
import { type ResultRow, rowEvaluation } from '../../engine/train/experiment/resultRow.ts';
import type { Failure, Progress, TrainerEvent } from '../../engine/train/protocol.ts';
import { Trainer } from '../../engine/train/trainer.ts';
import type { Interrupt } from './interrupt.ts';
import { writeResults, writeWeights } from './results.ts';
import { RunFolder } from './runFolder.ts';
import { newRecord } from './runRecord.ts';
import { version } from './version.ts';

/** What a run of an experiment measured; the rest of its row is known before it begins. */
export type Measured = Pick<
  ResultRow,
  'status' | 'failure' | 'adapter' | 'date' | 'split' | 'steps' | 'seconds' | 'cpuSeconds' | 'evaluation'
>;

export interface RunWatcher {
  onProgress(progress: Progress): void;
  onStage(stage: string): void;
  interrupt: Interrupt;
  /** Where the whole run is to be kept, as `train` would write it. */
  folder?: string;
}

/** The stage of an evaluation in which series are generated. */
const samplingStage = 'generated series';

/**
 * Trains and evaluates one model.
 * @returns what it measured @throws Interrupted
 */
export async function measureRun(
  gpu: Gpu,
  config: Config,
  data: PreparedData,
  watcher: RunWatcher,
): Promise<Measured> {
  const record = newRecord(config, data, {
    version,
    adapter: gpu.adapterName,
    memoryBytes: Trainer.needs(config, data).bytes,
  });
  const measured = { adapter: gpu.adapterName, date: record.started, split: record.split };
  let failure: Failure | undefined;
  let folder: RunFolder | undefined;
  const onEvent = (event: TrainerEvent) => {
    if (event.type === 'losses') folder?.appendLosses(event.rows);
    else if (event.type === 'dependence') folder?.appendCurve(event.curve);
    else if (event.type === 'progress') watcher.onProgress(event.progress);
    else if (event.type === 'failed') failure = event.failure;
  };
  const { interrupt } = watcher;
  const trainer = await interrupt.until(Trainer.create(gpu, config, data, onEvent));
  interrupt.onAsk = () => void trainer.pause();
  try {
    if (watcher.folder) {
      await RunFolder.check(watcher.folder, true);
      folder = await RunFolder.create(watcher.folder, config, record);
    }
    const training = new Stopwatch();
    await trainer.run();
    const { wall, cpu } = training.lap();
    const steps = trainer.completedSteps;
    const state = failure ? 'failed' : interrupt.asked ? 'interrupted' : 'finished';
    await folder?.writeConfig(config, { ...record, state, steps, seconds: wall });
    interrupt.check();
    const clocks = (sampling: { wall: number; cpu: number } | undefined) => ({
      seconds: { train: wall, trainStep: wall / steps, sampling: sampling?.wall ?? null },
      cpuSeconds: { train: cpu, trainStep: cpu / steps, sampling: sampling?.cpu ?? null },
    });
    if (failure) {
      const { cause, message } = failure;
      return { ...measured, status: 'failed', failure: { cause, message }, steps, ...clocks(undefined) };
    }
    const parameters = await trainer.parameters();
    if (folder) await writeWeights(folder, parameters, { config, features: record.features });
    trainer.destroy(); // its memory makes room for the evaluation's
    const { evaluation, sampling } = await evaluateTimed(gpu, config, data, parameters, {
      onStage: watcher.onStage,
      interrupt,
      matrix: folder !== undefined,
    });
    if (folder) {
      const heldOut = { source: config.data.source, part: 'test' } as const;
      await writeResults(folder, config, record, parameters, evaluation, heldOut);
    }
    return {
      ...measured,
      status: 'finished',
      steps,
      ...clocks(sampling),
      evaluation: rowEvaluation(evaluation.report),
    };
  } finally {
    interrupt.onAsk = () => {};
    trainer.destroy();
  }
}

async function evaluateTimed(
  gpu: Gpu,
  config: Config,
  data: PreparedData,
  parameters: Awaited<ReturnType<Trainer['parameters']>>,
  { interrupt, ...options }: { onStage(stage: string): void; interrupt: Interrupt; matrix: boolean },
): Promise<{ evaluation: Evaluation; sampling: { wall: number; cpu: number } }> {
  const evaluator = await interrupt.until(Evaluator.create(gpu, config, data.train, parameters));
  try {
    const watch = new Stopwatch();
    let [stage, sampling] = ['', { wall: 0, cpu: 0 }];
    const evaluation = await evaluateModel(evaluator, config, data, {
      ...options,
      between: interrupt.check,
      onStage(next) {
        const lap = watch.lap();
        if (stage === samplingStage) sampling = lap;
        stage = next;
        options.onStage(next);
      },
    });
    return { evaluation, sampling };
  } finally {
    evaluator.destroy();
  }
}

/** Seconds since the last lap: on the wall, and of this process on all cores. */
class Stopwatch {
  #wall = performance.now();
  #cpu = process.cpuUsage();

  lap(): { wall: number; cpu: number } {
    const { user, system } = process.cpuUsage(this.#cpu);
    const lap = { wall: (performance.now() - this.#wall) / 1000, cpu: (user + system) / 1e6 };
    this.#wall = performance.now();
    this.#cpu = process.cpuUsage();
    return lap;
  }
}
