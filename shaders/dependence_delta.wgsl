// D_t = h_t(x) - h_t(0), the second the same for every series
struct Params { count: u32, series: u32, hiddenSize: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> hidden: array<f32>;   // [seqLen, series, H]
@group(0) @binding(2) var<storage, read> baseline: array<f32>; // [seqLen, H]
@group(0) @binding(3) var<storage, read_write> delta: array<f32>; // [seqLen, series, H]

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.count) { return; }
  let t = i / (params.series * params.hiddenSize);
  delta[i] = hidden[i] - baseline[t * params.hiddenSize + i % params.hiddenSize];
}
