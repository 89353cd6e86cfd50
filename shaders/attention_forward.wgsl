// o_t = sum_j p_tj v_j, p_tj = softmax over the allowed j of q_t . k_j / sqrt(headSize); log sum exp is kept for later passes.
// A thread owns one position of one row and head. Keys go by four at a time, read at one address by the whole workgroup; the
// maximum and the sum move along (Milakov and Gimelshein 2018), so that no T x T matrix is ever stored.
override QUERIES: u32 = 64u;
override BLOCKS: u32 = 4u; // headSize / 4
override CAUSAL: u32 = 1u; // 1: only j <= t
override MASKED: u32 = 0u; // 1: only valid j
const nothing = -1e30;

// `blocks` is BLOCKS: constants as loop bounds are unrolled by some drivers.
struct Params { seqLen: u32, rows: u32, heads: u32, blocks: u32, scale: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<vec4f>;   // [seqLen, rows, 3, heads, headSize]
@group(0) @binding(2) var<storage, read> valid: array<f32>;   // [seqLen, rows]
@group(0) @binding(3) var<storage, read_write> output: array<vec4f>;   // [seqLen, rows, heads, headSize]
@group(0) @binding(4) var<storage, read_write> logSumExp: array<f32>;  // [seqLen, rows, heads]

var<workgroup> sums: array<vec4f, BLOCKS * QUERIES>; // of each thread its own, where a loop can index them

// part 0: q, 1: k, 2: v
fn at(t: u32, row: u32, part: u32, head: u32) -> u32 {
  return ((min(t, params.seqLen - 1u) * params.rows + row) * 3u * params.heads + part * params.heads + head) * BLOCKS;
}

// Where four positions' vectors begin.
fn starts(first: u32, row: u32, part: u32, head: u32) -> vec4u {
  return vec4u(
    at(first, row, part, head), at(first + 1u, row, part, head), at(first + 2u, row, part, head), at(first + 3u, row, part, head));
}

// Four columns of four positions' vectors.
fn four(start: vec4u, block: u32) -> mat4x4f {
  return mat4x4f(qkv[start.x + block], qkv[start.y + block], qkv[start.z + block], qkv[start.w + block]);
}

// Which of four keys from `first` on position t attends to.
fn allowed(t: u32, first: u32, row: u32) -> vec4<bool> {
  let keys = first + vec4u(0u, 1u, 2u, 3u);
  var result = keys < vec4u(select(params.seqLen, t + 1u, CAUSAL == 1u));
  if (MASKED == 1u) {
    for (var k = 0u; k < 4u; k++) { result[k] = result[k] && valid[min(keys[k], params.seqLen - 1u) * params.rows + row] > 0.0; }
  }
  return result;
}

@compute @workgroup_size(QUERIES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let head = group.y;
  let row = group.z;
  let t = group.x * QUERIES + local.x;
  if (t >= params.seqLen) { return; }
  let q = at(t, row, 0u, head);
  for (var b = 0u; b < params.blocks; b++) { sums[b * QUERIES + local.x] = vec4f(); }
  var highest = nothing;
  var total = 0.0;
  let end = select(params.seqLen, min(params.seqLen, (group.x + 1u) * QUERIES), CAUSAL == 1u);
  for (var first = 0u; first < end; first += 4u) {
    let keys4 = starts(first, row, 1u, head);
    let values4 = starts(first, row, 2u, head);
    var score = vec4f();
    for (var b = 0u; b < params.blocks; b++) { score += qkv[q + b] * four(keys4, b); }
    let may = allowed(t, first, row);
    score = select(vec4f(nothing), score * params.scale, may);
    let before = highest;
    highest = max(highest, max(max(score.x, score.y), max(score.z, score.w)));
    let weight = select(vec4f(), exp(score - highest), may);
    let shrink = exp(before - highest);
    total = total * shrink + dot(weight, vec4f(1.0));
    for (var b = 0u; b < params.blocks; b++) {
      let i = b * QUERIES + local.x;
      sums[i] = sums[i] * shrink + four(values4, b) * weight;
    }
  }
  let i = (t * params.rows + row) * params.heads + head;
  total = max(total, 1e-30); // without a key to attend to the output is zero
  for (var b = 0u; b < params.blocks; b++) { output[i * BLOCKS + b] = sums[b * QUERIES + local.x] / total; }
  logSumExp[i] = highest + log(total);
}
