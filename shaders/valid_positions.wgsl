// valid[t, row] = 1 where any feature of the position is observed, else 0
struct Params { count: u32, featureSize: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> mask: array<f32>; // [seqLen, rows, D]
@group(0) @binding(2) var<storage, read_write> valid: array<f32>; // [seqLen, rows]

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.count) { return; }
  valid[i] = select(0.0, 1.0, observed(i));
}
