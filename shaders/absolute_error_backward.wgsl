// dPrediction[t, b, d] = m sign(prediction[t, b, d] - x[t + 1, b, d]) / (max(1, sum of m) rows), 0 at the last position
struct Params { seqLen: u32, rows: u32, featureSize: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> prediction: array<f32>; // [seqLen, rows, D]
@group(0) @binding(2) var<storage, read> x: array<f32>;          // [seqLen, rows, D]
@group(0) @binding(3) var<storage, read> mask: array<f32>;       // [seqLen, rows, D]
@group(0) @binding(4) var<storage, read_write> dPrediction: array<f32>; // [seqLen, rows, D]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x;
  if (row >= params.rows) { return; }
  let width = params.rows * params.featureSize;
  var count = 0.0;
  for (var t = 1u; t < params.seqLen; t++) {
    for (var d = 0u; d < params.featureSize; d++) { count += mask[t * width + row * params.featureSize + d]; }
  }
  let scale = 1.0 / (max(count, 1.0) * f32(params.rows));
  for (var t = 0u; t < params.seqLen; t++) {
    for (var d = 0u; d < params.featureSize; d++) {
      let at = t * width + row * params.featureSize + d;
      var value = 0.0;
      if (t + 1u < params.seqLen) { value = mask[at + width] * sign(prediction[at] - x[at + width]) * scale; }
      dPrediction[at] = value;
    }
  }
}
