// z[r] = sqrt(alphaBar_i) v[r mod series] + sqrt(1 - alphaBar_i) eps[r], i = timestep[r] (Ho et al. 2020, equation 4)
struct Params { rows: u32, series: u32, width: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> v: array<f32>;        // [series, width]
@group(0) @binding(2) var<storage, read> noise: array<f32>;    // [rows, width]
@group(0) @binding(3) var<storage, read> timestep: array<u32>; // [rows]
@group(0) @binding(4) var<storage, read> schedule: array<vec2f>; // [L + 1]: sqrt(alphaBar), sqrt(1 - alphaBar)
@group(0) @binding(5) var<storage, read_write> z: array<f32>;  // [rows, width]

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.rows * params.width) { return; }
  let row = i / params.width;
  let mix = schedule[timestep[row]];
  z[i] = mix.x * v[(row % params.series) * params.width + i % params.width] + mix.y * noise[i];
}
