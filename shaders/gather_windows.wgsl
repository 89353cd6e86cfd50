// x[t, b, d] = values[index[b], t, d], and the same for the mask: the batch, position-major, from the resident windows.
struct Params { seqLen: u32, batchSize: u32, featureSize: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> values: array<f32>;
@group(0) @binding(2) var<storage, read> observed: array<f32>;
@group(0) @binding(3) var<storage, read> index: array<u32>;
@group(0) @binding(4) var<storage, read_write> x: array<f32>;
@group(0) @binding(5) var<storage, read_write> mask: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.seqLen * params.batchSize * params.featureSize) { return; }
  let d = i % params.featureSize;
  let b = (i / params.featureSize) % params.batchSize;
  let t = i / (params.featureSize * params.batchSize);
  let base = (index[b] * params.seqLen + t) * params.featureSize + d;
  x[i] = values[base];
  mask[i] = observed[base];
}
