// valid[t, row] = 1 where any feature of the position is observed, else 0
struct Params { count: u32, featureSize: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> mask: array<f32>; // [seqLen, rows, D]
@group(0) @binding(2) var<storage, read_write> valid: array<f32>; // [seqLen, rows]

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.count) { return; }
  var any = 0.0;
  for (var d = 0u; d < params.featureSize; d++) { any = max(any, select(0.0, 1.0, mask[i * params.featureSize + d] > 0.0)); }
  valid[i] = any;
}
