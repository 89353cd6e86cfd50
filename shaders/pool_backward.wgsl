// dH_t = [t is the last valid position] dLast + [t is valid] dMean / count
override LAST: u32 = 1u; // 0: the mean alone

struct Params { seqLen: u32, rows: u32, hiddenSize: u32, featureSize: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dY: array<f32>;   // [rows, 2H], or [rows, H]
@group(0) @binding(2) var<storage, read> mask: array<f32>; // [seqLen, rows, D]
@group(0) @binding(3) var<storage, read_write> dHidden: array<f32>; // [seqLen, rows, H]

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.rows * params.hiddenSize) { return; }
  let row = i / params.hiddenSize;
  let j = i % params.hiddenSize;
  var count = 0.0;
  var last = 0u;
  for (var t = 0u; t < params.seqLen; t++) {
    if (observed(t * params.rows + row)) {
      count += 1.0;
      last = t;
    }
  }
  let at = row * (1u + LAST) * params.hiddenSize + j;
  let dLast = select(0.0, dY[at], LAST == 1u);
  let dMean = dY[at + LAST * params.hiddenSize] / max(count, 1.0);
  for (var t = 0u; t < params.seqLen; t++) {
    var value = 0.0;
    if (count > 0.0 && observed(t * params.rows + row)) { value = dMean + select(0.0, dLast, t == last); }
    dHidden[(t * params.rows + row) * params.hiddenSize + j] = value;
  }
}
