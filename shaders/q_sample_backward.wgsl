// dV[n] = sum over rows r = n, n + series, ... of sqrt(alphaBar_i) dZ[r]
struct Params { rows: u32, series: u32, width: u32, accumulate: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dZ: array<f32>;
@group(0) @binding(2) var<storage, read> timestep: array<u32>;
@group(0) @binding(3) var<storage, read> schedule: array<vec2f>;
@group(0) @binding(4) var<storage, read_write> dV: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.series * params.width) { return; }
  var sum = 0.0;
  for (var row = i / params.width; row < params.rows; row += params.series) {
    sum += schedule[timestep[row]].x * dZ[row * params.width + i % params.width];
  }
  if (params.accumulate == 1u) { dV[i] += sum; } else { dV[i] = sum; }
}
