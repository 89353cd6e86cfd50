import { philox } from '../diffusion/randomness.ts';
import type { Gpu } from '../gpu/device.ts';
import type { Memory } from '../gpu/memory.ts';
import type { Plan } from '../gpu/plan.ts';
import { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Readback } from '../gpu/readback.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { upload } from '../gpu/upload.ts';
import type { Method, Model, Objective } from '../methods/types.ts';
import type { Config } from './config.ts';
import type { Between } from './evaluator.ts';
import { planTensor, type ResidentWindows, recordBatch, type TrainingState } from './stepPlans.ts';

const largestBatches = 8;

/** The method's own objective on held-out windows, with running statistics and the same noise each time. */
export class Validation {
  /** What it runs. */
  readonly plan: Plan;
  readonly #objective: Objective;
  readonly #index: Tensor;
  readonly #clock: Tensor;
  readonly #count: number;
  readonly #klWeight: number;

  constructor(
    memory: Memory,
    method: Method,
    model: Model,
    config: Config,
    windows: ResidentWindows,
    { tables }: TrainingState,
  ) {
    const builder = new PlanBuilder(memory, 'validation');
    this.#clock = planTensor(memory, 'validation clock', [4]);
    this.#index = planTensor(memory, 'validation index', [config.train.batchSize]);
    this.#count = windows.count;
    // The weight of the finished run: under annealing, objectives of different steps could not be compared otherwise.
    this.#klWeight = method.klWeight(config.method, 1);
    this.#objective = method.record({
      builder,
      model,
      batch: recordBatch(builder, model, windows, this.#index),
      randomness: philox(builder, { clock: this.#clock, seed: config.train.seed }),
      tables,
      clock: this.#clock,
      numTimesteps: config.diffusion.numTimesteps,
      options: config.method,
    });
    this.plan = builder.build();
  }

  /** Clears the index, so that a run before the first `loss` reads windows that exist. */
  upload(gpu: Gpu): void {
    upload(gpu, this.#index, new Uint32Array(this.#index.size));
  }

  /**
   * Mean over the windows of vi + lambda cs + weight kl: over all of them, the last batch filled up from the start, or of more than 8
   * batches over as many spread over the whole part.
   */
  async loss(gpu: Gpu, readback: Readback, between: Between): Promise<number> {
    const { likelihoodLoss, klLoss, lambda } = this.#objective;
    const size = this.#index.size;
    const batches = Math.min(largestBatches, Math.ceil(this.#count / size));
    const room = batches * size;
    const every = Math.max(1, this.#count / room);
    let total = 0;
    for (let batch = 0; batch < batches; batch++) {
      await between();
      const rows = Array.from(
        { length: size },
        (_, i) => Math.floor((batch * size + i) * every) % this.#count,
      );
      upload(gpu, this.#index, Uint32Array.from(rows));
      upload(gpu, this.#clock, Uint32Array.of(batch, 1, 0, 0));
      this.plan.run(gpu);
      const [likelihood, kl] = await Promise.all([
        readback.read(gpu, likelihoodLoss),
        readback.read(gpu, klLoss),
      ]);
      likelihood.forEach((value, row) => {
        total += (row < size ? 1 : lambda) * value;
      });
      total += this.#klWeight * kl.reduce((sum, value) => sum + value, 0);
    }
    return total / room;
  }
}
