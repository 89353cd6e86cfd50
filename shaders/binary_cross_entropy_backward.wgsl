// dLogit = (sigmoid(logit) - label) / rows, of the mean over rows
struct Params { rows: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logit: array<f32>;
@group(0) @binding(2) var<storage, read> label: array<f32>;
@group(0) @binding(3) var<storage, read_write> dLogit: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x;
  if (row >= params.rows) { return; }
  let probability = 1.0 / (1.0 + exp(-clamp(logit[row], -30.0, 30.0)));
  dLogit[row] = (probability - label[row]) / f32(params.rows);
}
