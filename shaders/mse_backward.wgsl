// dPrediction = 2 (prediction - target) / (rows width)
struct Params { rows: u32, width: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> expected: array<f32>;
@group(0) @binding(2) var<storage, read> prediction: array<f32>;
@group(0) @binding(3) var<storage, read_write> dPrediction: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  let count = params.rows * params.width;
  if (i >= count) { return; }
  dPrediction[i] = 2.0 * (prediction[i] - expected[i]) / f32(count);
}
