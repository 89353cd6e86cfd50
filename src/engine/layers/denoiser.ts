import type { ParameterArena, ParameterSpec } from '../gpu/parameterArena.ts';
import type { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { siluBackward, siluForward } from '../kernels/elementwise.ts';
import { add, linear, linearParameters, linearWeights } from './linear.ts';

export interface DenoiserShape {
  latentSize: number;
  embeddingSize: number;
  width: number;
  blocks: number;
}

/** The epsilon network: sinusoidal step embedding through an MLP, added to the input of each residual block. */
export function denoiserParameters({
  latentSize,
  embeddingSize,
  width,
  blocks,
}: DenoiserShape): ParameterSpec[] {
  const layer = (name: string, inSize: number, outSize: number) =>
    linearParameters(`denoiser.${name}`, 'denoiser', inSize, outSize);
  return [
    ...layer('time.0', embeddingSize, width),
    ...layer('time.2', width, width),
    ...layer('input', latentSize, width),
    ...Array.from({ length: blocks }, (_, k) => [
      ...layer(`blocks.${k}.linear1`, width, width),
      ...layer(`blocks.${k}.linear2`, width, width),
    ]).flat(),
    ...layer('output', width, latentSize),
  ];
}

/**
 * epsilonHat(z_i, i): e = L2(SiLU(L1(embedding(i)))), h = L(z), then blocks h += W2 SiLU(W1 (h + e) + b1) + b2, then
 * L(SiLU(h)).
 * @param z [rows, Z] @param embedding of the timesteps, see timeEmbedding: [rows, embeddingSize], or [1, ...] for all rows
 * @returns [rows, Z]
 */
export function denoiser(
  builder: PlanBuilder,
  arena: ParameterArena,
  { blocks }: DenoiserShape,
  z: Tensor,
  embedding: Tensor,
): Tensor {
  const weights = (name: string) => linearWeights(arena, `denoiser.${name}`);
  const time = linear(builder, 'time hidden', embedding, weights('time.0'), { silu: true });
  const e = linear(builder, 'time', time, weights('time.2'));
  let h = linear(builder, 'denoiser input', z, weights('input'));
  for (let k = 0; k < blocks; k++) {
    const u = add(builder, `block ${k} input`, h, e);
    const a = linear(builder, `block ${k} hidden`, u, weights(`blocks.${k}.linear1`), { silu: true });
    h = linear(builder, `block ${k}`, a, weights(`blocks.${k}.linear2`), { residual: h });
  }
  return linear(builder, 'epsilonHat', silu(builder, 'denoiser features', h), weights('output'));
}

function silu(builder: PlanBuilder, label: string, x: Tensor): Tensor {
  const y = builder.tensor(label, x.shape, true);
  siluForward(builder, { x, y });
  builder.onBackward(() => {
    const dY = builder.gradient(y);
    const dX = dY && builder.gradientTarget(x);
    if (dX) siluBackward(builder, x, dY, dX);
  });
  return y;
}
