import type { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { qSampleBackward, qSampleForward } from '../kernels/diffusion.ts';

export interface QSampleInput {
  /** [series, Z] */
  v: Tensor;
  /** [rows, Z]; row r belongs to series r mod `series` */
  noise: Tensor;
  /** u32 [rows] */
  timestep: Tensor;
  /** [L + 1, 2], see qSampleTable */
  schedule: Tensor;
}

/** z_i = sqrt(alphaBar_i) v + sqrt(1 - alphaBar_i) eps. @param detached when true no gradient reaches v */
export function qSample(builder: PlanBuilder, label: string, input: QSampleInput, detached = false): Tensor {
  const z = builder.tensor(label, input.noise.shape, !detached);
  qSampleForward(builder, { ...input, z });
  if (detached) return z;
  builder.onBackward(() => {
    const dZ = builder.gradient(z);
    const dV = dZ && builder.gradientTarget(input.v);
    if (dV) qSampleBackward(builder, { dZ, timestep: input.timestep, schedule: input.schedule }, dV);
  });
  return z;
}
