import type { ParameterArena, ParameterSpec } from '../gpu/parameterArena.ts';
import type { GradientTarget, PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { foldRows, multiply, scale, sigmoidBackward, softplusForward } from '../kernels/elementwise.ts';
import { linearBackwardInput, linearBackwardWeight, linearForward } from '../kernels/linear.ts';
import { linear, linearParameters, linearWeights } from './linear.ts';

/**
 * The gradient of psi(z) + L/2 ||z||^2, psi an input-convex network (Amos et al. 2017) of two layers with softplus:
 * psi(z) = 1' softplus(P softplus(A1 z + b1) + A2 z + b2), P = softplus(raw) / width positive. The gradient of a convex
 * function is monotone, so the map is L-inverse-Lipschitz: ||map(a) - map(b)|| >= L ||a - b|| (Kinoshita et al. 2023).
 */
export function brenierParameters(latentSize: number, width: number): ParameterSpec[] {
  return [
    ...linearParameters('decoder.brenier.linear1', 'model', latentSize, width),
    ...linearParameters('decoder.brenier.linear2', 'model', latentSize, width),
    ...linearParameters('decoder.brenier.positive', 'model', width, width, false),
  ];
}

/** What the map leaves for its tangent. */
export interface BrenierPass {
  /** map(z), [rows, Z] */
  y: Tensor;
  slope1: Tensor; // sigmoid of the first layer's argument, [rows, width]
  slope2: Tensor;
  sum: Tensor; // slope2 P, [rows, width]
  positive: Tensor; // P, [width, width]
  inverseLipschitz: number;
}

/** map(z) = A1' (slope1 (P' slope2)) + A2' slope2 + L z, written out from the gradient. @param z [rows, Z] */
export function brenierMap(
  builder: PlanBuilder,
  arena: ParameterArena,
  z: Tensor,
  inverseLipschitz: number,
): BrenierPass {
  const { first, second, raw } = weights(arena);
  const width = raw.dim(0);
  const positive = scaled(builder, 'P', softplus(builder, 'P before scaling', raw).y, 1 / width);
  const one = softplus(builder, 'brenier 1', linear(builder, 'brenier argument 1', z, first));
  const direct = linear(builder, 'brenier direct', z, second);
  const argument = linear(builder, 'brenier argument 2', one.y, { weight: positive }, { residual: direct });
  const slope2 = softplus(builder, 'brenier 2', argument).slope;
  const sum = builder.tensor('brenier sum', slope2.shape, true);
  backProject(builder, slope2, positive, sum, 0);
  const hidden = product(builder, 'brenier hidden', sum, one.slope);
  const y = builder.tensor('brenier map', z.shape, true);
  backProject(builder, hidden, first.weight, y, 0);
  backProject(builder, slope2, second.weight, y, 1);
  scale(builder, inverseLipschitz, z, { tensor: y, accumulate: 1 });
  builder.onBackward(() => {
    const dY = builder.gradient(y);
    const dZ = dY && builder.gradientTarget(z);
    if (dZ) scale(builder, inverseLipschitz, dY, dZ);
  });
  return { y, slope1: one.slope, slope2, sum, positive, inverseLipschitz };
}

/** The tangent of the map along tZ [rows, Z]: every line of `brenierMap` differentiated. */
export function brenierTangent(
  builder: PlanBuilder,
  arena: ParameterArena,
  { slope1, slope2, sum, positive, inverseLipschitz }: BrenierPass,
  tZ: Tensor,
): Tensor {
  const { first, second } = weights(arena);
  const store = (label: string, shape: readonly number[]): GradientTarget => ({
    tensor: builder.tensor(label, shape),
    accumulate: 0,
  });
  const tArgument1 = linear(builder, 'tangent of argument 1', tZ, { weight: first.weight });
  const tOne = store('tangent of brenier 1', slope1.shape);
  multiply(builder, tArgument1, slope1, tOne);
  const tDirect = linear(builder, 'tangent of direct', tZ, { weight: second.weight });
  const tArgument2 = linear(
    builder,
    'tangent of argument 2',
    tOne.tensor,
    { weight: positive },
    { residual: tDirect },
  );
  const tSlope1 = store('tangent of slope 1', slope1.shape);
  const tSlope2 = store('tangent of slope 2', slope2.shape);
  sigmoidBackward(builder, slope1, tArgument1, tSlope1);
  sigmoidBackward(builder, slope2, tArgument2, tSlope2);
  const tSum = store('tangent of sum', sum.shape);
  linearBackwardInput(builder, tSlope2.tensor, positive, tSum);
  const tHidden = store('tangent of hidden', sum.shape);
  multiply(builder, tSum.tensor, slope1, tHidden);
  multiply(builder, sum, tSlope1.tensor, { ...tHidden, accumulate: 1 });
  const tY = store('tangent of map', tZ.shape);
  linearBackwardInput(builder, tHidden.tensor, first.weight, tY);
  linearBackwardInput(builder, tSlope2.tensor, second.weight, { ...tY, accumulate: 1 });
  scale(builder, inverseLipschitz, tZ, { ...tY, accumulate: 1 });
  return tY.tensor;
}

function weights(arena: ParameterArena) {
  return {
    first: linearWeights(arena, 'decoder.brenier.linear1'),
    second: linearWeights(arena, 'decoder.brenier.linear2'),
    raw: arena.get('decoder.brenier.positive.weight'),
  };
}

/** softplus(x) and its slope, sigmoid(x); gradients may flow into both. */
function softplus(builder: PlanBuilder, label: string, x: Tensor): { y: Tensor; slope: Tensor } {
  const y = builder.tensor(`${label} softplus`, x.shape, true);
  const slope = builder.tensor(`${label} slope`, x.shape, true);
  softplusForward(builder, { x, y, slope });
  builder.onBackward(() => {
    const dY = builder.gradient(y);
    if (dY) {
      const dX = builder.gradientTarget(x);
      if (dX) multiply(builder, dY, slope, dX);
    }
    const dSlope = builder.gradient(slope);
    const dX = dSlope && builder.gradientTarget(x);
    if (dX) sigmoidBackward(builder, slope, dSlope, dX);
  });
  return { y, slope };
}

function scaled(builder: PlanBuilder, label: string, x: Tensor, factor: number): Tensor {
  const y = builder.tensor(label, x.shape, true);
  scale(builder, factor, x, { tensor: y, accumulate: 0 });
  builder.onBackward(() => {
    const dY = builder.gradient(y);
    const dX = dY && builder.gradientTarget(x);
    if (dX) scale(builder, factor, dY, dX);
  });
  return y;
}

function product(builder: PlanBuilder, label: string, a: Tensor, b: Tensor): Tensor {
  const y = builder.tensor(label, a.shape, true);
  multiply(builder, a, b, { tensor: y, accumulate: 0 });
  builder.onBackward(() => {
    const dY = builder.gradient(y);
    if (!dY) return;
    const dA = builder.gradientTarget(a);
    if (dA) multiply(builder, dY, b, dA);
    const dB = builder.gradientTarget(b);
    if (dB) multiply(builder, dY, a, dB);
  });
  return y;
}

/** y [rows, inSize] (+)= x [rows, outSize] weight [outSize, inSize]: a linear layer the other way round, in both passes. */
function backProject(builder: PlanBuilder, x: Tensor, weight: Tensor, y: Tensor, accumulate: 0 | 1): void {
  linearBackwardInput(builder, x, weight, { tensor: y, accumulate });
  builder.onBackward(() => {
    const dY = builder.gradient(y);
    if (!dY) return;
    const dWeight = builder.gradientTarget(weight);
    if (dWeight) linearBackwardWeight(builder, x, dY, dWeight);
    const dX = builder.gradientTarget(x);
    if (!dX) return;
    if (!dX.accumulate) {
      linearForward(builder, { x: dY, weight, y: dX.tensor });
      return;
    }
    const share = builder.tensor(`d ${x.label} from ${y.label}`, x.shape);
    linearForward(builder, { x: dY, weight, y: share });
    foldRows(builder, share, dX, { positions: 1, length: x.size, width: x.size, start: 0 });
  });
}
