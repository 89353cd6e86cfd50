// loss[row] = sum over columns of (target - prediction)^2 / width; the batch mean is taken where losses are reported
struct Params { rows: u32, width: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> expected: array<f32>;
@group(0) @binding(2) var<storage, read> prediction: array<f32>;
@group(0) @binding(3) var<storage, read_write> loss: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x;
  if (row >= params.rows) { return; }
  var sum = 0.0;
  for (var j = 0u; j < params.width; j++) {
    let error = expected[row * params.width + j] - prediction[row * params.width + j];
    sum += error * error;
  }
  loss[row] = sum / f32(params.width);
}
