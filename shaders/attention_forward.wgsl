// o_t = sum_j p_tj v_j, p_tj = softmax over the allowed j of q_t . k_j / sqrt(headSize); log sum exp is kept for later passes.
// A workgroup owns QUERIES positions of one row and head, a thread four columns of one position's output. Keys go by in tiles;
// the maximum and the sum move along (Milakov and Gimelshein 2018), so that no T x T matrix is ever stored.
override QUERIES: u32 = 16u;
override BLOCKS: u32 = 4u; // headSize / 4
override CAUSAL: u32 = 1u; // 1: only j <= t
override MASKED: u32 = 0u; // 1: only valid j
const tileSize = 16u;
const nothing = -1e30;

// `blocks` is BLOCKS and `tile` tileSize: constants as loop bounds are unrolled by some drivers.
struct Params { seqLen: u32, rows: u32, heads: u32, blocks: u32, tile: u32, scale: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<vec4f>;   // [seqLen, rows, 3, heads, headSize]
@group(0) @binding(2) var<storage, read> valid: array<f32>;   // [seqLen, rows]
@group(0) @binding(3) var<storage, read_write> output: array<vec4f>;   // [seqLen, rows, heads, headSize]
@group(0) @binding(4) var<storage, read_write> logSumExp: array<f32>;  // [seqLen, rows, heads]

var<workgroup> scores: array<f32, QUERIES * tileSize>;
var<workgroup> weights: array<f32, QUERIES * tileSize>; // exp(score - maximum so far)

// part 0: q, 1: k, 2: v
fn at(t: u32, row: u32, part: u32, head: u32) -> u32 {
  return ((min(t, params.seqLen - 1u) * params.rows + row) * 3u * params.heads + part * params.heads + head) * BLOCKS;
}

fn allowed(t: u32, key: u32, row: u32) -> bool {
  if (key >= params.seqLen || (CAUSAL == 1u && key > t)) { return false; }
  return MASKED == 0u || valid[key * params.rows + row] > 0.0;
}

fn score(t: u32, key: u32, row: u32, head: u32) -> f32 {
  if (!allowed(t, key, row)) { return nothing; }
  let q = at(t, row, 0u, head);
  let k = at(key, row, 1u, head);
  var sum = 0.0;
  for (var b = 0u; b < params.blocks; b++) { sum += dot(qkv[q + b], qkv[k + b]); }
  return sum * params.scale;
}

@compute @workgroup_size(QUERIES * BLOCKS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let head = group.y;
  let row = group.z;
  let query = local.x / BLOCKS;
  let block = local.x % BLOCKS;
  let t0 = group.x * QUERIES;
  let end = select(params.seqLen, min(params.seqLen, t0 + QUERIES), CAUSAL == 1u);
  var highest = nothing;
  var total = 0.0;
  var sum = vec4f();
  for (var first = 0u; first < end; first += params.tile) {
    for (var i = local.x; i < QUERIES * params.tile; i += QUERIES * BLOCKS) {
      scores[i] = score(t0 + i / params.tile, first + i % params.tile, row, head);
    }
    workgroupBarrier();
    let before = highest;
    for (var k = 0u; k < params.tile; k++) { highest = max(highest, scores[query * params.tile + k]); }
    for (var k = block; k < params.tile; k += BLOCKS) {
      let s = scores[query * params.tile + k];
      weights[query * params.tile + k] = select(0.0, exp(s - highest), s > nothing);
    }
    workgroupBarrier();
    let shrink = exp(before - highest);
    total *= shrink;
    sum *= shrink;
    for (var k = 0u; k < params.tile; k++) {
      let weight = weights[query * params.tile + k];
      total += weight;
      sum += weight * qkv[at(first + k, row, 2u, head) + block];
    }
  }
  let t = t0 + query;
  if (t >= params.seqLen) { return; }
  let i = (t * params.rows + row) * params.heads + head;
  output[i * BLOCKS + block] = sum / max(total, 1e-30); // zero where no key is allowed
  if (block == 0u) { logSumExp[i] = highest + log(max(total, 1e-30)); }
}
