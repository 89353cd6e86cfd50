// z[r] = mu + exp(v/2) eps[r], logRatio[r] = log p(z) - log q(z | X) = sum_j (eps^2 + v - z^2) / 2; mu, v of series r mod series
struct Params { rows: u32, series: u32, width: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> statistics: array<f32>; // [series, 2Z]: means, log variances
@group(0) @binding(2) var<storage, read> noise: array<f32>;      // [rows, Z]
@group(0) @binding(3) var<storage, read_write> z: array<f32>;    // [rows, Z]
@group(0) @binding(4) var<storage, read_write> logRatio: array<f32>; // [rows]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x;
  if (row >= params.rows) { return; }
  let base = (row % params.series) * 2u * params.width;
  var sum = 0.0;
  for (var j = 0u; j < params.width; j++) {
    let logVariance = clamp(statistics[base + params.width + j], -30.0, 30.0);
    let epsilon = noise[row * params.width + j];
    let value = statistics[base + j] + exp(0.5 * logVariance) * epsilon;
    z[row * params.width + j] = value;
    sum += 0.5 * (epsilon * epsilon + logVariance - value * value);
  }
  logRatio[row] = sum;
}
