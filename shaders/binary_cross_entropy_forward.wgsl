// loss[row] = max(x, 0) - x y + log(1 + exp(-|x|)), x the logit, y in [0, 1]: the negative log-likelihood of the label
struct Params { rows: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logit: array<f32>;
@group(0) @binding(2) var<storage, read> label: array<f32>;
@group(0) @binding(3) var<storage, read_write> loss: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x;
  if (row >= params.rows) { return; }
  let x = logit[row];
  loss[row] = max(x, 0.0) - x * label[row] + log(1.0 + exp(-abs(x)));
}
