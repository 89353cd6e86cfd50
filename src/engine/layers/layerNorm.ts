import type { ParameterArena, ParameterSpec } from '../gpu/parameterArena.ts';
import type { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { layerNormBackwardInput, layerNormBackwardWeight, layerNormForward } from '../kernels/layerNorm.ts';
import type { LinearWeights } from './linear.ts';

/** PyTorch's nn.LayerNorm: `prefix.weight`, at first 1, and `prefix.bias`, at first 0, [width] each. */
export function layerNormParameters(prefix: string, width: number): ParameterSpec[] {
  const declare = (name: string, centre: number): ParameterSpec => ({
    name: `${prefix}.${name}`,
    group: 'model',
    shape: [width],
    centre,
    bound: 0,
  });
  return [declare('weight', 1), declare('bias', 0)];
}

export function layerNormWeights(arena: ParameterArena, prefix: string): Required<LinearWeights> {
  return { weight: arena.get(`${prefix}.weight`), bias: arena.get(`${prefix}.bias`) };
}

/** Normalises over the last axis of x, with affine. @returns the shape of x */
export function layerNorm(
  builder: PlanBuilder,
  label: string,
  x: Tensor,
  { weight, bias }: Required<LinearWeights>,
): Tensor {
  const y = builder.tensor(label, x.shape, true);
  const statistics = builder.tensor(`${label} statistics`, [...x.shape.slice(0, -1), 2]);
  layerNormForward(builder, { x, weight, bias, statistics, y });
  builder.onBackward(() => {
    const dY = builder.gradient(y);
    if (!dY) return;
    const dWeight = builder.gradientTarget(weight);
    const dBias = builder.gradientTarget(bias);
    if (dWeight && dBias) layerNormBackwardWeight(builder, { x, dY, statistics }, dWeight, dBias);
    const dX = builder.gradientTarget(x);
    if (dX) layerNormBackwardInput(builder, { x, dY, weight, statistics }, dX);
  });
  return y;
}
