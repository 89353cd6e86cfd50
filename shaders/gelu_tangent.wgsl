// tY = tX (Phi(x) + x phi(x))
struct Params { count: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> tX: array<f32>;
@group(0) @binding(3) var<storage, read_write> tY: array<f32>;

// Phi, the normal distribution function: 1 - (a1 u + ... + a5 u^5) exp(-x^2 / 2) / 2, u = 1 / (1 + p |x| / sqrt 2), for x >= 0;
// Abramowitz and Stegun 7.1.26, wrong by less than 1e-7.
fn distribution(x: f32) -> f32 {
  let u = 1.0 / (1.0 + 0.3275911 * 0.70710678 * abs(x));
  let series = u * (0.254829592 + u * (-0.284496736 + u * (1.421413741 + u * (-1.453152027 + u * 1.061405429))));
  let tail = 0.5 * series * exp(-0.5 * x * x);
  return select(tail, 1.0 - tail, x >= 0.0);
}

// The derivative Phi(x) + x phi(x) of gelu.
fn slope(x: f32) -> f32 { return distribution(x) + x * 0.39894228 * exp(-0.5 * x * x); }

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.count) { return; }
  tY[i] = tX[i] * slope(x[i]);
}
