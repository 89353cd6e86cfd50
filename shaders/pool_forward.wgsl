// y = [h at the last valid position ; mean of h over valid positions]; a position is valid where any feature is observed.
override LAST: u32 = 1u; // 0: the mean alone

struct Params { seqLen: u32, rows: u32, hiddenSize: u32, featureSize: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> hidden: array<f32>; // [seqLen, rows, H]
@group(0) @binding(2) var<storage, read> mask: array<f32>;   // [seqLen, rows, D]
@group(0) @binding(3) var<storage, read_write> y: array<f32>; // [rows, 2H], or [rows, H]

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.rows * params.hiddenSize) { return; }
  let row = i / params.hiddenSize;
  let j = i % params.hiddenSize;
  var last = 0.0;
  var sum = 0.0;
  var count = 0.0;
  for (var t = 0u; t < params.seqLen; t++) {
    if (observed(t * params.rows + row)) {
      last = hidden[(t * params.rows + row) * params.hiddenSize + j];
      sum += last;
      count += 1.0;
    }
  }
  let at = row * (1u + LAST) * params.hiddenSize + j;
  if (LAST == 1u) { y[at] = last; }
  y[at + LAST * params.hiddenSize] = sum / max(count, 1.0);
}
