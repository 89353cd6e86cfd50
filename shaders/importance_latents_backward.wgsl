// dMu = sum_k g_k, dV = sum_k (g_k eps_k exp(v/2) + c_k) / 2, g_k = dZ_k - c_k z_k, c_k = dLogRatio_k, over a series' samples k
struct Params { rows: u32, series: u32, width: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> statistics: array<f32>; // [series, 2Z]
@group(0) @binding(2) var<storage, read> noise: array<f32>;      // [rows, Z]
@group(0) @binding(3) var<storage, read> z: array<f32>;          // [rows, Z]
@group(0) @binding(4) var<storage, read> dZ: array<f32>;         // [rows, Z]
@group(0) @binding(5) var<storage, read> dLogRatio: array<f32>;  // [rows]
@group(0) @binding(6) var<storage, read_write> dStatistics: array<f32>; // [series, 2Z]

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.series * params.width) { return; }
  let n = i / params.width;
  let at = n * 2u * params.width + i % params.width;
  let deviation = exp(0.5 * clamp(statistics[at + params.width], -30.0, 30.0));
  var dMu = 0.0;
  var dV = 0.0;
  for (var row = n; row < params.rows; row += params.series) {
    let element = row * params.width + i % params.width;
    let g = dZ[element] - dLogRatio[row] * z[element];
    dMu += g;
    dV += 0.5 * (g * noise[element] * deviation + dLogRatio[row]);
  }
  dStatistics[at] = dMu;
  dStatistics[at + params.width] = dV;
}
