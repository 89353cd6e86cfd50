// z = mu + exp(v/2) eps, kl = sum_j (mu^2 + exp(v) - v - 1) / 2, statistics = [mu, v], v the log variance
// (Kingma and Welling 2014, appendix B). With SAMPLE = 0, z = mu.
override SAMPLE: u32 = 1u;

struct Params { rows: u32, width: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> statistics: array<f32>; // [rows, 2Z]
@group(0) @binding(2) var<storage, read> noise: array<f32>;      // [rows, Z]
@group(0) @binding(3) var<storage, read_write> z: array<f32>;    // [rows, Z]
@group(0) @binding(4) var<storage, read_write> kl: array<f32>;   // [rows]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x;
  if (row >= params.rows) { return; }
  var sum = 0.0;
  for (var j = 0u; j < params.width; j++) {
    let mu = statistics[row * 2u * params.width + j];
    let logVariance = clamp(statistics[row * 2u * params.width + params.width + j], -30.0, 30.0);
    sum += 0.5 * (mu * mu + exp(logVariance) - logVariance - 1.0);
    z[row * params.width + j] = mu;
    if (SAMPLE == 1u) { z[row * params.width + j] = mu + exp(0.5 * logVariance) * noise[row * params.width + j]; }
  }
  kl[row] = sum;
}
