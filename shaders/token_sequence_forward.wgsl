// y_0[row] = first[row] + position_0, y_t[row] = rest[t - 1 + restShift, row mod restRows] + position_t
struct Params { count: u32, rows: u32, restRows: u32, restShift: u32, width: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> first: array<f32>;    // [rows, width]
@group(0) @binding(2) var<storage, read> rest: array<f32>;     // [positions, restRows, width]
@group(0) @binding(3) var<storage, read> position: array<f32>; // [seqLen, width]
@group(0) @binding(4) var<storage, read_write> y: array<f32>;  // [seqLen, rows, width]

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.count) { return; }
  let column = i % params.width;
  let row = (i / params.width) % params.rows;
  let t = i / (params.width * params.rows);
  var token: f32;
  if (t == 0u) {
    token = first[row * params.width + column];
  } else {
    token = rest[((t - 1u + params.restShift) * params.restRows + row % params.restRows) * params.width + column];
  }
  y[i] = token + position[t * params.width + column];
}
