import type { ParameterArena, ParameterGroup, ParameterSpec } from '../gpu/parameterArena.ts';
import type { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { addForward, foldRows, siluBackward } from '../kernels/elementwise.ts';
import { linearBackwardInput, linearBackwardWeight, linearForward } from '../kernels/linear.ts';

export interface LinearWeights {
  /** [outSize, inSize] */
  weight: Tensor;
  /** [outSize] */
  bias?: Tensor;
}

/** PyTorch's nn.Linear: `prefix.weight` [outSize, inSize] and, unless told otherwise, `prefix.bias`. */
export function linearParameters(
  prefix: string,
  group: ParameterGroup,
  inSize: number,
  outSize: number,
  bias = true,
): ParameterSpec[] {
  const bound = 1 / Math.sqrt(inSize);
  const weight = { name: `${prefix}.weight`, group, shape: [outSize, inSize], bound };
  return bias ? [weight, { name: `${prefix}.bias`, group, shape: [outSize], bound }] : [weight];
}

export function linearWeights(arena: ParameterArena, prefix: string, bias = true): LinearWeights {
  const weight = arena.get(`${prefix}.weight`);
  return bias ? { weight, bias: arena.get(`${prefix}.bias`) } : { weight };
}

/**
 * act(x W^T + b) + residual, over the last axis of x.
 * @returns [..., outSize]
 */
export function linear(
  builder: PlanBuilder,
  label: string,
  x: Tensor,
  { weight, bias }: LinearWeights,
  { silu = false, residual }: { silu?: boolean; residual?: Tensor } = {},
): Tensor {
  const shape = [...x.shape.slice(0, -1), weight.dim(0)];
  const y = builder.tensor(label, shape, true);
  const preActivation = silu ? builder.tensor(`${label} before SiLU`, shape, true) : undefined;
  linearForward(builder, { x, weight, y, bias, residual, preActivation });
  builder.onBackward(() => {
    let dY = builder.gradient(y);
    if (!dY) return;
    if (preActivation) {
      const dPre = builder.gradientTarget(preActivation);
      if (dPre) siluBackward(builder, preActivation, dY, dPre);
      dY = dPre?.tensor ?? dY;
    }
    const dWeight = builder.gradientTarget(weight);
    const dBias = bias && builder.gradientTarget(bias);
    if (dWeight) linearBackwardWeight(builder, dY, x, dWeight, dBias);
    const dX = builder.gradientTarget(x);
    if (dX) linearBackwardInput(builder, dY, weight, dX);
    if (residual) passGradient(builder, y, residual);
  });
  return y;
}

/** a + b, b broadcast over the leading axes of a. */
export function add(builder: PlanBuilder, label: string, a: Tensor, b: Tensor): Tensor {
  const y = builder.tensor(label, a.shape, true);
  addForward(builder, { a, b, y });
  builder.onBackward(() => {
    passGradient(builder, y, a);
    passGradient(builder, y, b);
  });
  return y;
}

/**
 * Gives x what rows that shared it made of it: sums over the copies of x in `dY`, see foldRows. Where there is one copy alone it becomes
 * the gradient itself. Call it when every other reader of `dY` has been recorded.
 */
export function foldGradient(
  builder: PlanBuilder,
  dY: Tensor,
  x: Tensor,
  shape: { positions: number; length: number; width: number; start: number },
): void {
  if (shape.length === shape.width && builder.adoptGradient(x, dY.part(shape.start, x.shape))) return;
  const dX = builder.gradientTarget(x);
  if (dX) foldRows(builder, dY, dX, shape);
}

/** Passes the gradient of y on to x, where y = x + ... : by taking over its buffer, or by one addition. */
export function passGradient(builder: PlanBuilder, y: Tensor, x: Tensor): void {
  const dY = builder.gradient(y);
  if (!dY || (y.size === x.size && builder.takeOverGradient(y, x))) return;
  const dX = builder.gradientTarget(x);
  if (dX) foldRows(builder, dY, dX, { positions: 1, length: y.size, width: x.size, start: 0 });
}
