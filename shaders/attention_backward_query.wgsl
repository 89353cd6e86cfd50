// dQ_t = sum_j dS_tj k_j / sqrt(headSize), dS_tj = p_tj (dO_t . v_j - dO_t . o_t), p_tj = exp(s_tj - logSumExp_t)
// As the forward pass: a thread owns one position of one row and head, keys go by eight at a time.

// `blocks` is BLOCKS: constants as loop bounds are unrolled by some drivers.
struct Params { seqLen: u32, rows: u32, heads: u32, blocks: u32, scale: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<vec4f>;     // [seqLen, rows, 3, heads, headSize]
@group(0) @binding(2) var<storage, read> valid: array<f32>;     // [seqLen, rows]
@group(0) @binding(3) var<storage, read> output: array<vec4f>;  // [seqLen, rows, heads, headSize]
@group(0) @binding(4) var<storage, read> logSumExp: array<f32>; // [seqLen, rows, heads]
@group(0) @binding(5) var<storage, read> dOutput: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> inner: array<f32>;  // [seqLen, rows, heads]: dO_t . o_t
@group(0) @binding(7) var<storage, read_write> dQkv: array<vec4f>; // the part of q

var<workgroup> sums: array<vec4f, BLOCKS * OWNED>; // of each thread its own, where a loop can index them

@compute @workgroup_size(OWNED)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let head = group.y;
  let row = group.z;
  let lane = laneIndex();
  let t = group.x * OWNED + local.x; // past the last a thread only helps to read
  let q = at(t, row, 0u, head);
  let i = index(t, row, head);
  var product = 0.0;
  for (var b = 0u; b < params.blocks; b++) {
    sums[b * OWNED + local.x] = vec4f();
    product += dot(dOutput[i * BLOCKS + b], output[i * BLOCKS + b]);
  }
  let logSum = logSumExp[i];
  let end = select(params.seqLen, min(params.seqLen, highest(t) + 1u), CAUSAL == 1u);
  for (var first = 0u; first < end; first += 8u) {
    var score = EightOnes();
    var dP = EightOnes();
    for (var b = 0u; b < params.blocks; b++) {
      let k = eight(first, row, 1u, head, b, lane);
      score[0] += qkv[q + b] * k[0];
      score[1] += qkv[q + b] * k[1];
      let v = eight(first, row, 2u, head, b, lane);
      dP[0] += dOutput[i * BLOCKS + b] * v[0];
      dP[1] += dOutput[i * BLOCKS + b] * v[1];
    }
    let may = allowed(t, first, row, lane);
    let low = select(vec4f(), exp(min(score[0] * params.scale - logSum, vec4f(0.0))) * (dP[0] - product), may[0]);
    let high = select(vec4f(), exp(min(score[1] * params.scale - logSum, vec4f(0.0))) * (dP[1] - product), may[1]);
    for (var b = 0u; b < params.blocks; b++) {
      let k = eight(first, row, 1u, head, b, lane);
      sums[b * OWNED + local.x] += k[0] * low + k[1] * high;
    }
  }
  if (t >= params.seqLen) { return; }
  inner[i] = product;
  for (var b = 0u; b < params.blocks; b++) { dQkv[q + b] = sums[b * OWNED + local.x] * params.scale; }
}
