// loss[b] = sum over t < T - 1 and d of m |prediction[t, b, d] - x[t + 1, b, d]| / max(1, sum of m), m the mask at t + 1
struct Params { seqLen: u32, rows: u32, featureSize: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> prediction: array<f32>; // [seqLen, rows, D]
@group(0) @binding(2) var<storage, read> x: array<f32>;          // [seqLen, rows, D]
@group(0) @binding(3) var<storage, read> mask: array<f32>;       // [seqLen, rows, D]
@group(0) @binding(4) var<storage, read_write> loss: array<f32>; // [rows]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x;
  if (row >= params.rows) { return; }
  let width = params.rows * params.featureSize;
  var sum = 0.0;
  var count = 0.0;
  for (var t = 0u; t + 1u < params.seqLen; t++) {
    for (var d = 0u; d < params.featureSize; d++) {
      let at = t * width + row * params.featureSize + d;
      let observed = mask[at + width];
      sum += observed * abs(prediction[at] - x[at + width]);
      count += observed;
    }
  }
  loss[row] = sum / max(count, 1.0);
}
