import type { ParameterSpec } from '../gpu/parameterArena.ts';
import type { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { batchNormBackward, batchNormForward } from '../kernels/encoder.ts';
import type { NetworkShape, Networks } from './backbone.ts';
import { backboneByName } from './index.ts';
import { linear, linearParameters, linearWeights } from './linear.ts';

/** The backbone over the series, pooled to one vector, then a linear head. */
export function encoderParameters(shape: NetworkShape, outputSize: number): ParameterSpec[] {
  const backbone = backboneByName(shape.backbone);
  return [
    ...backbone.encoderParameters(shape),
    ...linearParameters('encoder.head', 'model', backbone.pooledSize(shape), outputSize),
  ];
}

/** @param x and mask [T, B, D] @returns the head's output [B, outputSize] */
export function encoder(builder: PlanBuilder, networks: Networks, x: Tensor, mask: Tensor): Tensor {
  const pooled = backboneByName(networks.shape.backbone).encode(builder, networks, x, mask);
  return linear(builder, 'encoder head', pooled, linearWeights(networks.arena, 'encoder.head'));
}

/** Batch normalisation without affine; `running` [2, width] moves when the builder trains and normalises when not. */
export function batchNorm(builder: PlanBuilder, label: string, x: Tensor, running: Tensor): Tensor {
  const y = builder.tensor(label, x.shape, true);
  const rstd = builder.tensor(`${label} 1/deviation`, [x.dim(1)]);
  batchNormForward(builder, { x, running, rstd, y }, builder.training);
  builder.onBackward(() => {
    const dY = builder.gradient(y);
    const dX = dY && builder.gradientTarget(x);
    if (dX) batchNormBackward(builder, { dY, y, rstd }, dX);
  });
  return y;
}
