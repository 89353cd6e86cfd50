import type { WindowSet } from '../data/types.ts';
import { timeEmbedding } from '../diffusion/schedule.ts';
import { copyTensor } from '../gpu/copy.ts';
import { type Gpu, submittedWorkDone } from '../gpu/device.ts';
import { Memory } from '../gpu/memory.ts';
import type { Plan } from '../gpu/plan.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { upload } from '../gpu/upload.ts';
import { likelihoodByName } from '../layers/likelihoods/index.ts';
import { methodByName } from '../methods/index.ts';
import { planModel } from '../methods/model.ts';
import type { Method, Model } from '../methods/types.ts';
import type { DependenceParts } from '../metrics/dependence.ts';
import type { Between } from '../metrics/types.ts';
import { type Config, type GenerationMode, generationModes } from './config.ts';
import { DependencePath } from './dependencePath.ts';
import { type GenerationBatches, recordPlans } from './evaluationPlans.ts';
import { loadParameters, type NamedArrays } from './parameters.ts';
import { modelShape } from './shape.ts';
import { toSeriesMajor, WindowFeed } from './windowFeed.ts';

/** Latents and series that one run of their plans makes, where a thousand are wanted. */
const largeBatch = 256;
/** Chunks that may be on their way to the GPU where nothing is read back. */
const chunksInFlight = 32;
/** Residuals at which the nodes stop doubling: of a written evaluation, and of a curve on the screen (docs/dependence.md). */
export const residualGoals = { written: 1e-3, live: 1e-2 } as const;

export type { Between };

/** What a trained model says of given series: latents, likelihood, dependence, new series. Holds no optimiser. */
export class Evaluator {
  readonly #plans: ReturnType<typeof recordPlans>;
  readonly #feed: WindowFeed;
  readonly #dependence: DependencePath;
  readonly #config: Config;
  readonly #method: Method;
  readonly #model: Model;
  #gpu?: Gpu;
  #memory?: Memory;

  private constructor(config: Config, method: Method, model: Model, plans: ReturnType<typeof recordPlans>) {
    this.#config = config;
    this.#method = method;
    this.#model = model;
    this.#plans = plans;
    this.#feed = new WindowFeed(plans);
    this.#dependence = new DependencePath(this.#feed, plans);
  }

  /** Records every plan against a model that something else owns; `compile` follows once the memory is allocated. */
  static plan(
    memory: Memory,
    config: Config,
    method: Method,
    model: Model,
    batches: GenerationBatches,
  ): Evaluator {
    return new Evaluator(config, method, model, recordPlans(memory, config, method, model, batches));
  }

  /** An evaluator of its own, for weights read from a file. @throws GpuError, or Error when a weight is missing */
  static async create(
    gpu: Gpu,
    config: Config,
    shape: { seqLen: number; featureSize: number },
    parameters: NamedArrays,
  ): Promise<Evaluator> {
    const memory = new Memory();
    const method = methodByName(config.method.name);
    const model = planModel(memory, method, modelShape(config, shape), false);
    const evaluator = Evaluator.plan(memory, config, method, model, {
      latents: largeBatch,
      series: largeBatch,
    });
    await memory.allocateFor(gpu, async () => {
      loadParameters(gpu, method, model, parameters);
      await evaluator.compile(gpu);
    });
    evaluator.#memory = memory;
    return evaluator;
  }

  /** Everything it runs. */
  get plans(): Plan[] {
    const { encode, likelihood, dependence, reverse, generation } = this.#plans;
    return [
      ...[encode.plan, likelihood.plan, dependence.path, dependence.tangents, reverse.start, reverse.plan],
      ...[generation.start, ...generation.generator.plans],
    ].filter((plan) => plan !== undefined);
  }

  /** Compiles the plans and uploads the reverse diffusion's coefficients. */
  async compile(gpu: Gpu): Promise<void> {
    this.#gpu = gpu;
    await Promise.all(this.plans.map((plan) => plan.compile(gpu)));
    const { reverse } = this.#plans;
    const { steps } = reverse;
    if (steps.length === 0) return;
    const timesteps = steps.map(({ timestep }) => timestep);
    upload(gpu, reverse.embeddings, timeEmbedding(timesteps, this.#config.diffusion.embeddingSize));
    upload(gpu, reverse.coefficients, Float32Array.from(steps.flatMap(({ a, b, s }) => [a, b, s, 0])));
  }

  /** Latents without noise: v, or the posterior mean. @returns [n, Z] */
  async encode(windows: WindowSet, between?: Between): Promise<Float32Array> {
    const { plan, output } = this.#plans.encode;
    const width = this.#model.shape.latentSize;
    const result = new Float32Array(windows.count * width);
    await this.#feed.windows(this.gpu, windows, between, async (start, count) => {
      plan.run(this.gpu);
      result.set(await this.#read(output, 0, count * width), start * width);
    });
    return result;
  }

  /**
   * What the encoder says of them, see `Method.posterior`, left on the GPU, in `target` [n, Z or 2Z]: nothing is waited for but room
   * on the way there.
   */
  async encodeInto(target: Tensor, windows: WindowSet, between?: Between): Promise<void> {
    const { plan, posterior } = this.#plans.encode;
    const width = posterior.dim(1);
    let chunks = 0;
    await this.#feed.windows(this.gpu, windows, between, async (start, count) => {
      plan.run(this.gpu);
      copyTensor(this.gpu, posterior, target, { to: start * width, count: count * width });
      if (++chunks % chunksInFlight === 0) await submittedWorkDone(this.gpu);
    });
  }

  /** log p(x_t | z, x_<t) in nats, summed over observed features. @param latents [n, Z] @returns [n, T] */
  async logLikelihood(windows: WindowSet, latents: Float32Array, between?: Between): Promise<Float32Array> {
    const { plan, output } = this.#plans.likelihood;
    const { seqLen } = this.#model.shape;
    const rows = output.dim(1);
    const result = new Float32Array(windows.count * seqLen);
    await this.#feed.windows(this.gpu, windows, between, async (start, count) => {
      this.#feed.latents(this.gpu, latents, start, count);
      plan.run(this.gpu);
      const byPosition = await this.#read(output);
      for (let n = 0; n < count; n++) {
        for (let t = 0; t < seqLen; t++) result[(start + n) * seqLen + t] = byPosition[t * rows + n] ?? 0;
      }
    });
    return result;
  }

  /** Means of p(x_t | z, x_<t) with the true x_<t, one step ahead. @param latents [n, Z] @returns scaled [n, T, D] */
  async predict(windows: WindowSet, latents: Float32Array, between?: Between): Promise<Float32Array> {
    const { plan, head } = this.#plans.likelihood;
    const { seqLen, featureSize, likelihood } = this.#model.shape;
    const { means } = likelihoodByName(likelihood);
    const rows = head.dim(1);
    const result = new Float32Array(windows.values.length);
    await this.#feed.windows(this.gpu, windows, between, async (start, count) => {
      this.#feed.latents(this.gpu, latents, start, count);
      plan.run(this.gpu);
      const byPosition = means(await this.#read(head), this.#model.shape);
      toSeriesMajor(byPosition, result, start, count, [seqLen, rows, featureSize]);
    });
    return result;
  }

  /** Latents by the reverse diffusion of the config's sampler, or from the prior where the method has no diffusion. @returns [count, Z] */
  async sampleLatents(count: number, seed: number, between?: Between): Promise<Float32Array> {
    const [last] = await this.reverseMoments(count, seed, 0, between);
    return last?.latents ?? new Float32Array(0);
  }

  /**
   * The same latents on their way: at the start, from N(0, I), at moments evenly spaced over the sampler's steps, and at the
   * end. A method that samples its prior has the end alone.
   * @param most moments before the end, the start included
   * @returns from timestep L down to 0; latents [count, Z] each
   */
  async reverseMoments(
    count: number,
    seed: number,
    most: number,
    between?: Between,
  ): Promise<{ timestep: number; latents: Float32Array }[]> {
    const { start: begin, plan, z, clock, steps } = this.#plans.reverse;
    const [batch, width] = z.shape as [number, number];
    const before = Math.min(most, steps.length);
    const stops = Array.from({ length: before }, (_, k) => Math.floor((k * steps.length) / before));
    const moments = [...stops, steps.length].map((done) => ({
      done,
      timestep: steps[done]?.timestep ?? 0,
      latents: new Float32Array(count * width),
    }));
    for (let start = 0, chunk = 0; start < count; start += batch, chunk++) {
      upload(this.gpu, clock, Uint32Array.of(0xffffffff, noiseRun(seed, chunk), 0, 0));
      begin.run(this.gpu);
      const here = Math.min(batch, count - start);
      let done = 0;
      for (const moment of moments) {
        while (done < moment.done) {
          await between?.();
          const run = Math.min(25, moment.done - done);
          plan?.run(this.gpu, run);
          done += run;
        }
        moment.latents.set(await this.#read(z, 0, here * width), start * width);
      }
    }
    return moments.map(({ timestep, latents }) => ({ timestep, latents }));
  }

  /** Decodes latents [n, Z] freely in one of the three modes. @returns scaled series [n, T, D] */
  async generate(
    latents: Float32Array,
    { mode, seed }: { mode: GenerationMode; seed: number },
    between?: Between,
  ): Promise<Float32Array> {
    if (!generationModes.includes(mode))
      throw new RangeError(`no generation mode '${mode}'; there are ${generationModes.join(', ')}`);
    const options = { addNoise: mode !== 'mean', feedNoise: mode === 'sample' };
    const { z, clock, x, start: before, generator } = this.#plans.generation;
    const { seqLen, featureSize, latentSize } = this.#model.shape;
    const count = latents.length / latentSize;
    const generationBatch = z.dim(0);
    const result = new Float32Array(count * seqLen * featureSize);
    for (let start = 0, chunk = 0; start < count; start += generationBatch, chunk++) {
      await between?.();
      const here = Math.min(generationBatch, count - start);
      upload(this.gpu, z, latents.subarray(start * latentSize, (start + here) * latentSize));
      upload(this.gpu, clock, Uint32Array.of(0, noiseRun(seed, chunk), 0, 0));
      before.run(this.gpu);
      await generator.run(this.gpu, options, between);
      const byPosition = await this.#read(x);
      toSeriesMajor(byPosition, result, start, here, [seqLen, generationBatch, featureSize]);
    }
    return result;
  }

  /**
   * Numerators and denominators of m_{t,0}, m_{t,t-1} and their sum; see DependencePath.
   * @param latents [n, Z]
   */
  dependenceCurve(
    windows: WindowSet,
    latents: Float32Array,
    quadrature: number,
    between?: Between,
    goal: number = residualGoals.written,
  ): Promise<DependenceParts> {
    return this.#dependence.curve(this.gpu, { windows, latents }, { quadrature, goal }, between);
  }

  /** The whole matrix m_{t,j}, row t - 1, column j < t. @returns [n, T, T]; zero where j >= t, in the padding, and where D_t = 0 */
  dependenceMatrix(
    windows: WindowSet,
    latents: Float32Array,
    quadrature: number,
    between?: Between,
  ): Promise<Float32Array> {
    return this.#dependence.matrix(this.gpu, { windows, latents }, quadrature, between);
  }

  /** Frees what `create` allocated; an evaluator planned by a trainer is freed with the trainer's memory. */
  destroy(): void {
    this.#memory?.destroy();
  }

  get gpu(): Gpu {
    if (!this.#gpu) throw new Error('the evaluator is used before compile()');
    return this.#gpu;
  }

  get method(): Method {
    return this.#method;
  }

  get config(): Config {
    return this.#config;
  }

  #read(tensor: Tensor, start = 0, count = tensor.size - start): Promise<Float32Array> {
    return this.#plans.readback.read(this.gpu, tensor, start, count);
  }
}

/** The clock's run for the noise of a seed, modulo 2^32, and a chunk: distinct for neighbours of either. */
function noiseRun(seed: number, chunk: number): number {
  return (Math.imul(seed, 0x9e3779b1) + chunk) >>> 0;
}
