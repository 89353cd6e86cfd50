// y[row] = position_t + (z's token at t = 0, else W_x fed[row]), t the position of the clock
struct Params { count: u32, width: u32, features: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> clock: array<u32>;    // element 0: the position t
@group(0) @binding(2) var<storage, read> first: array<f32>;    // [rows, width]
@group(0) @binding(3) var<storage, read> weight: array<f32>;   // W_x, [width, D]
@group(0) @binding(4) var<storage, read> fed: array<f32>;      // [rows, D], left by the position before
@group(0) @binding(5) var<storage, read> position: array<f32>; // [seqLen, width]
@group(0) @binding(6) var<storage, read_write> y: array<f32>;  // [rows, width]

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.count) { return; }
  let row = i / params.width;
  let column = i % params.width;
  var token = 0.0;
  if (clock[0] == 0u) {
    token = first[i];
  } else {
    for (var d = 0u; d < params.features; d++) { token += weight[column * params.features + d] * fed[row * params.features + d]; }
  }
  y[i] = token + position[clock[0] * params.width + column];
}
