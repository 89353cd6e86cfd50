// dMu = dZ + w mu, dV = dZ eps exp(v/2) / 2 + w (exp(v) - 1) / 2, w the KL term's weight at this step
struct Params { rows: u32, width: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> clock: array<u32>;
@group(0) @binding(2) var<storage, read> klWeights: array<f32>; // [steps]
@group(0) @binding(3) var<storage, read> statistics: array<f32>;
@group(0) @binding(4) var<storage, read> noise: array<f32>;
@group(0) @binding(5) var<storage, read> dZ: array<f32>;
@group(0) @binding(6) var<storage, read_write> dStatistics: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.rows * params.width) { return; }
  let at = (i / params.width) * 2u * params.width + i % params.width;
  let weight = klWeights[clock[0]] / f32(params.rows);
  let mu = statistics[at];
  let logVariance = clamp(statistics[at + params.width], -30.0, 30.0);
  dStatistics[at] = dZ[i] + weight * mu;
  dStatistics[at + params.width] =
    0.5 * (dZ[i] * noise[i] * exp(0.5 * logVariance) + weight * (exp(logVariance) - 1.0));
}
