import type { WindowSet } from '../data/types.ts';
import { timeEmbedding } from '../diffusion/schedule.ts';
import type { KernelOutputs } from '../export/onnx/compare.ts';
import type { Gpu } from '../gpu/device.ts';
import { Memory } from '../gpu/memory.ts';
import { PlanBuilder } from '../gpu/planBuilder.ts';
import { Readback } from '../gpu/readback.ts';
import { upload } from '../gpu/upload.ts';
import { decoder } from '../layers/decoder.ts';
import { denoiser } from '../layers/denoiser.ts';
import { methodByName } from '../methods/index.ts';
import { planModel } from '../methods/model.ts';
import type { Config } from './config.ts';
import { loadParameters, type NamedArrays } from './parameters.ts';
import { modelShape } from './shape.ts';
import { planTensor } from './stepPlans.ts';

/** Runs encoder, denoiser and teacher-forced decoder on our kernels. @param timesteps [n] */
export async function kernelOutputs(
  gpu: Gpu,
  config: Config,
  weights: NamedArrays,
  windows: WindowSet,
  timesteps: readonly number[],
): Promise<KernelOutputs> {
  const { count, seqLen, featureSize } = windows;
  const memory = new Memory();
  const method = methodByName(config.method.name);
  const model = planModel(memory, method, modelShape(config, windows), false);
  const shape = [seqLen, count, featureSize];
  const [x, mask] = [planTensor(memory, 'x', shape), planTensor(memory, 'mask', shape)];
  const embedding = planTensor(memory, 'time embedding', [count, config.diffusion.embeddingSize]);
  const builder = new PlanBuilder(memory, 'network outputs');
  const latents = method.latents(builder, method.posterior(builder, model, { x, mask }));
  const head = decoder(builder, model, latents, x);
  const epsilonHat =
    method.sampler === 'diffusion'
      ? denoiser(builder, model.arena, model.shape.denoiser, latents, embedding)
      : undefined;
  const plan = builder.build();
  const readback = new Readback(memory, 'network outputs', 1 << 20);
  await memory.allocate(gpu);
  try {
    loadParameters(gpu, method, model, weights);
    await plan.compile(gpu);
    const byPosition = (values: Float32Array) =>
      Float32Array.from(values, (_, i) => {
        const [t, n, d] = [
          Math.floor(i / (count * featureSize)),
          Math.floor(i / featureSize) % count,
          i % featureSize,
        ];
        return values[(n * seqLen + t) * featureSize + d] as number;
      });
    upload(gpu, x, byPosition(windows.values));
    upload(gpu, mask, byPosition(windows.mask));
    upload(gpu, embedding, timeEmbedding(timesteps, config.diffusion.embeddingSize));
    plan.run(gpu);
    return {
      latents: await readback.read(gpu, latents),
      epsilonHat: epsilonHat ? await readback.read(gpu, epsilonHat) : new Float32Array(0),
      head: await readback.read(gpu, head),
    };
  } finally {
    memory.destroy();
  }
}
