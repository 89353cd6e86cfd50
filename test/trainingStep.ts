import type { Randomness } from '../src/engine/diffusion/randomness.ts';
import type { Gpu } from '../src/engine/gpu/device.ts';
import { Memory } from '../src/engine/gpu/memory.ts';
import type { Plan } from '../src/engine/gpu/plan.ts';
import type { PlanBuilder } from '../src/engine/gpu/planBuilder.ts';
import { Readback } from '../src/engine/gpu/readback.ts';
import type { Tensor } from '../src/engine/gpu/tensor.ts';
import { upload } from '../src/engine/gpu/upload.ts';
import { methodByName } from '../src/engine/methods/index.ts';
import { planModel } from '../src/engine/methods/model.ts';
import type { Model } from '../src/engine/methods/types.ts';
import type { Config } from '../src/engine/train/config.ts';
import { LossLog } from '../src/engine/train/lossLog.ts';
import { initialParameters, loadParameters, type NamedArrays } from '../src/engine/train/parameters.ts';
import type { LossRow } from '../src/engine/train/protocol.ts';
import { modelShape } from '../src/engine/train/shape.ts';
import {
  jointStep,
  planTrainingState,
  planWindows,
  type TrainingState,
  uploadConstants,
} from '../src/engine/train/stepPlans.ts';

/** Series-major values and mask, [B, T, D]: the whole training set, which is also every batch. */
export interface StepBatch {
  seqLen: number;
  batchSize: number;
  featureSize: number;
  values: Float32Array;
  mask: Float32Array;
}

/** A method's joint step with given weights and given draws in place of Philox. */
export class TrainingStep {
  #steps = 0;

  private constructor(
    readonly gpu: Gpu,
    readonly model: Model,
    readonly state: TrainingState,
    readonly memory: Memory,
    readonly plan: Plan,
    readonly given: ReadonlyMap<string, Tensor>,
    readonly losses: LossLog,
    readonly readback: Readback,
  ) {}

  /** @param parameters those that are missing get their initial values */
  static async create(
    gpu: Gpu,
    config: Config,
    batch: StepBatch,
    parameters: NamedArrays,
  ): Promise<TrainingStep> {
    const { seqLen, batchSize, featureSize } = batch;
    const memory = new Memory();
    const method = methodByName(config.method.name);
    const model = planModel(memory, method, modelShape(config, batch), true);
    const windows = planWindows(memory, 'training', batchSize, seqLen, featureSize);
    const state = planTrainingState(memory, config, { trainCount: batchSize, featureSize });
    const given = new Map<string, Tensor>();
    const draws = (builder: PlanBuilder): Randomness => {
      const tensor = (stream: string, shape: readonly number[]) => {
        given.set(stream, builder.tensor(stream, shape));
        return given.get(stream) as Tensor;
      };
      return {
        normal: tensor,
        integers: (stream, parts) => tensor(stream, [parts.reduce((sum, { count }) => sum + count, 0)]),
      };
    };
    const plan = jointStep(memory, method, model, config, windows, state, draws);
    const readback = new Readback(memory, 'test', 1 << 18);
    await memory.allocate(gpu);
    await plan.compile(gpu);
    const all = new Map([...initialParameters(method, model, 0), ...parameters]);
    loadParameters(gpu, method, model, all);
    upload(gpu, windows.values, batch.values);
    upload(gpu, windows.observed, batch.mask);
    uploadConstants(gpu, state, config);
    upload(gpu, state.clock, Uint32Array.of(0xffffffff, 0, 0, 0));
    upload(
      gpu,
      given.get('batch') as Tensor,
      Uint32Array.from({ length: batchSize }, (_, b) => b),
    );
    const losses = new LossLog(state.log, state.clip, readback, config);
    return new TrainingStep(gpu, model, state, memory, plan, given, losses, readback);
  }

  /** One step with these draws, by stream. */
  async run(draw: Readonly<Record<string, ArrayLike<number>>>): Promise<LossRow> {
    for (const [stream, data] of Object.entries(draw)) {
      const values = /noise$/.test(stream) ? Float32Array.from(data) : Uint32Array.from(data);
      upload(this.gpu, this.given.get(stream) as Tensor, values);
    }
    this.plan.run(this.gpu);
    const [row] = await this.losses.read(this.gpu, ++this.#steps);
    return row as LossRow;
  }

  /** The gradient of a parameter, before clipping. */
  gradient(name: string): Promise<Float32Array> {
    return this.readback.read(this.gpu, this.model.arena.get(name).gradient as Tensor);
  }

  /** [T, rows] */
  logLikelihood(): Promise<Float32Array> {
    const objective = this.plan.dispatches.find(({ kernel }) =>
      ['stable_objective', 'importance_objective'].includes(kernel.name),
    );
    return this.readback.read(this.gpu, objective?.bound[0]?.tensor as Tensor);
  }

  destroy(): void {
    this.memory.destroy();
  }
}
