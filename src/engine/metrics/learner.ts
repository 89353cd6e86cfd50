import { RandomStream } from '../data/random.ts';
import { type Gpu, submittedWorkDone } from '../gpu/device.ts';
import { Memory } from '../gpu/memory.ts';
import { initialValues, ParameterArena, type ParameterSpec } from '../gpu/parameterArena.ts';
import type { Plan } from '../gpu/plan.ts';
import { PlanBuilder } from '../gpu/planBuilder.ts';
import { Readback } from '../gpu/readback.ts';
import { Tensor } from '../gpu/tensor.ts';
import { upload } from '../gpu/upload.ts';
import { gatherRows, gatherWindows } from '../kernels/data.ts';
import { adam, squareSum, squareSumSlices, stepReport } from '../kernels/optimiser.ts';
import { clockAdvance, fillIntegers } from '../kernels/random.ts';
import type { Between } from './types.ts';

/** Series of a batch; each has a label, which a task may leave alone. */
export interface LearnerBatch {
  /** [T, B, D] */
  x: Tensor;
  /** [T, B, D]; 1 where observed. */
  mask: Tensor;
  /** [B, 1] */
  label: Tensor;
}

/** A small network that is trained to score series, and what it is trained for. */
export interface Task {
  name: string;
  parameters: ParameterSpec[];
  /** @returns loss [B], trained to be small in the mean, and the output [B, width] that is read of unseen series */
  record(builder: PlanBuilder, arena: ParameterArena, batch: LearnerBatch): { loss: Tensor; output: Tensor };
}

export interface LearnerOptions {
  seqLen: number;
  featureSize: number;
  /** Series to train on. */
  count: number;
  /** Passes over these series, but no more than 150 steps. */
  epochs: number;
  batchSize: number;
  learningRate: number;
}

/** Series with their labels, scaled. */
export interface Labelled {
  /** [count, T, D]; 0 where missing. */
  values: Float32Array;
  /** [count, T, D] */
  mask: Float32Array;
  /** [count] */
  labels: Float32Array;
}

/** Series that are read in one go. */
const readRows = 128;
const gradientClip = 1;
const mostSteps = 150;
/** A submit lasts about so long, in ms: then a page can still be paused, and a command interrupted. */
const submitGoal = 30;

/**
 * Trains one small network after another of one kind and size, on the GPU: plans are recorded and compiled once, every
 * training begins with new weights. Adam, a short warm-up, then a cosine down to 0; gradients clipped at norm 1. The same
 * seed on the same adapter gives the same bits.
 */
export class Learner {
  readonly #gpu: Gpu;
  readonly #options: LearnerOptions;
  readonly #memory = new Memory();
  readonly #arena: ParameterArena;
  readonly #training: Windows;
  readonly #unseen: Windows;
  readonly #index: Tensor;
  readonly #clock: Tensor;
  readonly #schedule: Tensor;
  readonly #clip: Tensor;
  readonly #step: Plan;
  readonly #reading: Plan;
  readonly #output: Tensor;
  readonly #readback: Readback;

  private constructor(gpu: Gpu, task: Task, options: LearnerOptions) {
    this.#gpu = gpu;
    this.#options = options;
    const memory = this.#memory;
    const plan = (label: string, shape: number[]) => planned(memory, `${task.name} ${label}`, shape);
    const { seqLen, featureSize, count, batchSize } = options;
    const steps = stepsOf(options);
    this.#arena = new ParameterArena(memory, task.parameters, true);
    this.#training = planWindows(plan, 'training', [count, seqLen, featureSize]);
    this.#unseen = planWindows(plan, 'unseen', [readRows, seqLen, featureSize]);
    this.#clock = plan('clock', [4]);
    this.#schedule = plan('schedule', [steps, 4]);
    this.#clip = plan('clip', [4]);

    const step = new PlanBuilder(memory, `${task.name} step`, true);
    clockAdvance(step, this.#clock);
    const drawn = step.tensor('batch', [batchSize]);
    const source = { clock: this.#clock, seed: 0 }; // the seed is in the clock's run
    fillIntegers(step, source, drawn, { start: 0, count: batchSize, stream: 0, low: 0, high: count - 1 });
    const { loss } = task.record(step, this.#arena, gather(step, this.#training, drawn));
    step.backward();
    this.#recordUpdate(step, loss);
    this.#step = step.build();

    const reading = new PlanBuilder(memory, `${task.name} reading`);
    this.#index = plan('rows', [readRows]);
    this.#output = task.record(reading, this.#arena, gather(reading, this.#unseen, this.#index)).output;
    this.#reading = reading.build();
    this.#readback = new Readback(memory, task.name, 1 << 16);
  }

  /** Plans, allocates and compiles. @throws GpuError when the adapter cannot hold it */
  static async create(gpu: Gpu, task: Task, options: LearnerOptions): Promise<Learner> {
    const learner = new Learner(gpu, task, options);
    await learner.#memory.allocateFor(gpu, async () => {
      await Promise.all([learner.#step.compile(gpu), learner.#reading.compile(gpu)]);
      upload(gpu, learner.#schedule, adamSchedule(options));
      upload(
        gpu,
        learner.#index,
        Uint32Array.from({ length: readRows }, (_, i) => i),
      );
    });
    return learner;
  }

  /**
   * Trains a new network on exactly `count` series.
   * @param run tells the trainings of one seed apart
   * @returns whether it stayed finite
   */
  async train(data: Labelled, seed: number, run: number, between?: Between): Promise<boolean> {
    const gpu = this.#gpu;
    this.#start(data, seed, run);
    const steps = stepsOf(this.#options);
    for (let done = 0, size = 1; done < steps; ) {
      await between?.();
      const now = Math.min(size, steps - done);
      const began = performance.now();
      this.#step.run(gpu, now);
      await submittedWorkDone(gpu);
      done += now;
      const milliseconds = Math.max(1e-3, performance.now() - began) / now;
      size = Math.max(1, Math.min(64, Math.floor(submitGoal / milliseconds)));
    }
    const [, , alarm] = await this.#readback.read(gpu, this.#clip);
    return alarm === 0;
  }

  /** The network's output of series it need not have seen, row by row. @returns [series, width] */
  async read({ values, mask, labels }: Labelled, between?: Between): Promise<Float32Array> {
    const { seqLen, featureSize } = this.#options;
    const [size, width] = [seqLen * featureSize, this.#output.size / readRows];
    const result = new Float32Array(labels.length * width);
    for (let start = 0; start < labels.length; start += readRows) {
      await between?.();
      const end = Math.min(labels.length, start + readRows);
      upload(this.#gpu, this.#unseen.values, values.subarray(start * size, end * size));
      upload(this.#gpu, this.#unseen.observed, mask.subarray(start * size, end * size));
      this.#reading.run(this.#gpu);
      const read = await this.#readback.read(this.#gpu, this.#output, 0, (end - start) * width);
      result.set(read, start * width);
    }
    return result;
  }

  destroy(): void {
    this.#memory.destroy();
  }

  /** New weights, no moments, no alarm, the clock before its first step. */
  #start({ values, mask, labels }: Labelled, seed: number, run: number): void {
    const gpu = this.#gpu;
    if (labels.length !== this.#options.count)
      throw new Error(`${labels.length} series to train on, but ${this.#options.count} were planned`);
    upload(gpu, this.#training.values, values);
    upload(gpu, this.#training.observed, mask);
    upload(gpu, this.#training.labels, labels);
    const random = new RandomStream(seed, run);
    for (const spec of this.#arena.specs) {
      upload(
        gpu,
        this.#arena.get(spec.name),
        initialValues(spec, () => random.uniform()),
      );
    }
    upload(gpu, this.#clock, Uint32Array.of(0xffffffff, (Math.imul(seed, 0x9e3779b1) + run) >>> 0, 0, 0));
    const encoder = gpu.device.createCommandEncoder();
    for (const tensor of [this.#arena.moment1, this.#arena.moment2, this.#clip]) {
      if (tensor) encoder.clearBuffer(tensor.storage.buffer);
    }
    gpu.device.queue.submit([encoder.finish()]);
  }

  /** Norm, clip factor, alarm, Adam: the trainer's own kernels, with one group of parameters and one loss. */
  #recordUpdate(builder: PlanBuilder, loss: Tensor): void {
    const { gradients, moment1, moment2, values: parameters } = this.#arena;
    if (!gradients || !moment1 || !moment2) throw new Error('the arena was planned without gradients');
    const [clock, schedule, clip] = [this.#clock, this.#schedule, this.#clip];
    const range = this.#arena.range('model');
    const partial = builder.tensor('squares of gradients', [2, squareSumSlices]);
    squareSum(builder, { values: gradients, partial }, { ...range, slot: 0 });
    const nothing = builder.tensor('no other losses', [Math.max(loss.size, schedule.dim(0))]);
    const log = builder.tensor('last report', [1, 8]);
    stepReport(
      builder,
      {
        ...{ clock, partial, clip, log, likelihoodLoss: loss },
        ...{ klLoss: nothing, klWeights: nothing, denoiserLoss: builder.none },
      },
      {
        ...{ series: loss.size, rows: loss.size, lambda: 0, modelTrains: true },
        ...{ limit: gradientClip, divergence: 1e6 },
      },
    );
    const state = { clock, schedule, clip, gradients, moment1, moment2, parameters };
    adam(builder, state, { ...range, group: 0 });
  }
}

/** Series on the GPU. */
interface Windows {
  values: Tensor;
  observed: Tensor;
  labels: Tensor;
}

function planned(memory: Memory, label: string, shape: number[]): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return new Tensor(memory.storage(label, size * 4), label, shape);
}

function planWindows(
  plan: (label: string, shape: number[]) => Tensor,
  label: string,
  shape: [number, number, number],
): Windows {
  return {
    values: plan(`${label} values`, shape),
    observed: plan(`${label} mask`, shape),
    labels: plan(`${label} labels`, [shape[0], 1]),
  };
}

function gather(builder: PlanBuilder, { values, observed, labels }: Windows, index: Tensor): LearnerBatch {
  const [, seqLen, featureSize] = values.shape as [number, number, number];
  const shape = [seqLen, index.size, featureSize];
  const x = builder.tensor('x', shape);
  const mask = builder.tensor('mask', shape);
  const label = builder.tensor('label', [index.size, 1]);
  gatherWindows(builder, { values, observed, index, x, mask });
  gatherRows(builder, { rows: labels, index, output: label });
  return { x, mask, label };
}

function stepsOf({ count, epochs, batchSize }: LearnerOptions): number {
  return Math.min(mostSteps, Math.ceil((epochs * count) / batchSize));
}

/** Rows (rate, rate, 1 - beta1^t, 1 - beta2^t), as adam.wgsl reads them: a tenth of warm-up, then a cosine down to 0. */
function adamSchedule(options: LearnerOptions): Float32Array {
  const { learningRate } = options;
  const steps = stepsOf(options);
  const rows = new Float32Array(4 * steps);
  const warmup = Math.ceil(steps / 10);
  for (let step = 0; step < steps; step++) {
    const done = Math.max(0, step - warmup) / Math.max(1, steps - warmup);
    const rate =
      step < warmup
        ? (learningRate * (step + 1)) / warmup
        : 0.5 * learningRate * (1 + Math.cos(Math.PI * done));
    rows.set([rate, rate, 1 - 0.9 ** (step + 1), 1 - 0.999 ** (step + 1)], 4 * step);
  }
  return rows;
}
