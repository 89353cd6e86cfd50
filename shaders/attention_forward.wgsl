// o_t = sum_j p_tj v_j, p_tj = softmax over the allowed j of q_t . k_j / sqrt(headSize); log sum exp is kept for later passes.
// A thread owns one position of one row and head. Keys go by eight at a time (attention_positions.wgsl); the maximum and the
// sum move along (Milakov and Gimelshein 2018), so that no T x T matrix is ever stored.
const nothing = vec4f(-1e30);

// `blocks` is BLOCKS: constants as loop bounds are unrolled by some drivers.
struct Params { seqLen: u32, rows: u32, heads: u32, blocks: u32, scale: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<vec4f>;   // [seqLen, rows, 3, heads, headSize]
@group(0) @binding(2) var<storage, read> valid: array<f32>;   // [seqLen, rows]
@group(0) @binding(3) var<storage, read_write> output: array<vec4f>;   // [seqLen, rows, heads, headSize]
@group(0) @binding(4) var<storage, read_write> logSumExp: array<f32>;  // [seqLen, rows, heads]

var<workgroup> sums: array<vec4f, BLOCKS * OWNED>; // of each thread its own, where a loop can index them

fn most(v: vec4f) -> f32 { return max(max(v.x, v.y), max(v.z, v.w)); }

@compute @workgroup_size(OWNED)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let head = group.y;
  let row = group.z;
  let lane = laneIndex();
  let t = group.x * OWNED + local.x; // past the last a thread only helps to read
  let q = at(t, row, 0u, head);
  for (var b = 0u; b < params.blocks; b++) { sums[b * OWNED + local.x] = vec4f(); }
  var maximum = nothing.x;
  var total = 0.0;
  let end = select(params.seqLen, min(params.seqLen, highest(t) + 1u), CAUSAL == 1u);
  for (var first = 0u; first < end; first += 8u) {
    var low = vec4f();
    var high = vec4f();
    for (var b = 0u; b < params.blocks; b++) {
      let k = eight(first, row, 1u, head, b, lane);
      low += qkv[q + b] * k[0];
      high += qkv[q + b] * k[1];
    }
    let may = allowed(t, first, row, lane);
    low = select(nothing, low * params.scale, may[0]);
    high = select(nothing, high * params.scale, may[1]);
    let before = maximum;
    maximum = max(maximum, max(most(low), most(high)));
    let shrink = exp(before - maximum);
    low = select(vec4f(), exp(low - maximum), may[0]);
    high = select(vec4f(), exp(high - maximum), may[1]);
    total = total * shrink + dot(low + high, vec4f(1.0));
    for (var b = 0u; b < params.blocks; b++) {
      let v = eight(first, row, 2u, head, b, lane);
      let i = b * OWNED + local.x;
      sums[i] = sums[i] * shrink + v[0] * low + v[1] * high;
    }
  }
  if (t >= params.seqLen) { return; }
  let i = index(t, row, head);
  total = max(total, 1e-30); // without a key to attend to the output is zero
  for (var b = 0u; b < params.blocks; b++) { output[i * BLOCKS + b] = sums[b * OWNED + local.x] / total; }
  logSumExp[i] = maximum + log(total);
}
