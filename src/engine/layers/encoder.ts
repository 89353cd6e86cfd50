import type { ParameterArena, ParameterSpec } from '../gpu/parameterArena.ts';
import type { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { batchNormBackward, batchNormForward, poolBackward, poolForward } from '../kernels/encoder.ts';
import { linear, linearParameters, linearWeights } from './linear.ts';
import { lstm, lstmParameters, lstmWeights } from './lstm.ts';

/** LSTM over the series, then a linear head on [last valid hidden ; mean of valid hidden]. */
export function encoderParameters(
  featureSize: number,
  hiddenSize: number,
  outputSize: number,
): ParameterSpec[] {
  return [
    ...lstmParameters('encoder.lstm', featureSize, hiddenSize),
    ...linearParameters('encoder.head', 'model', 2 * hiddenSize, outputSize),
  ];
}

/** @param x and mask [T, B, D] @returns the head's output [B, outputSize] */
export function encoder(builder: PlanBuilder, arena: ParameterArena, x: Tensor, mask: Tensor): Tensor {
  const hidden = lstm(builder, 'encoder', { tokens: x }, lstmWeights(arena, 'encoder.lstm'));
  const pooled = builder.tensor('encoder pooled', [hidden.dim(1), 2 * hidden.dim(2)], true);
  poolForward(builder, { hidden, mask, y: pooled });
  builder.onBackward(() => {
    const dY = builder.gradient(pooled);
    const dHidden = dY && builder.gradientTarget(hidden);
    if (dHidden) poolBackward(builder, { dY, mask, dHidden: dHidden.tensor });
  });
  return linear(builder, 'encoder head', pooled, linearWeights(arena, 'encoder.head'));
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
