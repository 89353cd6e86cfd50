// dQ_t = sum_j dS_tj k_j / sqrt(headSize), dS_tj = p_tj (dO_t . v_j - dO_t . o_t), p_tj = exp(s_tj - logSumExp_t)
// As the forward pass: a workgroup owns QUERIES positions of one row and head, probabilities are made again tile by tile.
override QUERIES: u32 = 16u;
override BLOCKS: u32 = 4u; // headSize / 4
override CAUSAL: u32 = 1u;
override MASKED: u32 = 0u;
const tileSize = 16u;

// `blocks` is BLOCKS and `tile` tileSize: constants as loop bounds are unrolled by some drivers.
struct Params { seqLen: u32, rows: u32, heads: u32, blocks: u32, tile: u32, scale: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<vec4f>;     // [seqLen, rows, 3, heads, headSize]
@group(0) @binding(2) var<storage, read> valid: array<f32>;     // [seqLen, rows]
@group(0) @binding(3) var<storage, read> output: array<vec4f>;  // [seqLen, rows, heads, headSize]
@group(0) @binding(4) var<storage, read> logSumExp: array<f32>; // [seqLen, rows, heads]
@group(0) @binding(5) var<storage, read> dOutput: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> inner: array<f32>;    // [seqLen, rows, heads]: dO_t . o_t
@group(0) @binding(7) var<storage, read_write> dQkv: array<vec4f>;   // the part of q

var<workgroup> slopes: array<f32, QUERIES * tileSize>; // dS of the tile
var<workgroup> partial: array<f32, QUERIES * BLOCKS>;

fn at(t: u32, row: u32, part: u32, head: u32) -> u32 {
  return ((min(t, params.seqLen - 1u) * params.rows + row) * 3u * params.heads + part * params.heads + head) * BLOCKS;
}

fn allowed(t: u32, key: u32, row: u32) -> bool {
  if (key >= params.seqLen || (CAUSAL == 1u && key > t)) { return false; }
  return MASKED == 0u || valid[key * params.rows + row] > 0.0;
}

// The inner product dO_t . o_t of one of the workgroup's positions, from the shares its threads left.
fn innerOf(query: u32) -> f32 {
  var sum = 0.0;
  for (var b = 0u; b < params.blocks; b++) { sum += partial[query * BLOCKS + b]; }
  return sum;
}

fn slope(t: u32, query: u32, key: u32, row: u32, head: u32) -> f32 {
  if (t >= params.seqLen || !allowed(t, key, row)) { return 0.0; }
  let q = at(t, row, 0u, head);
  let k = at(key, row, 1u, head);
  let v = at(key, row, 2u, head);
  let i = (t * params.rows + row) * params.heads + head;
  var score = 0.0;
  var dP = 0.0;
  for (var b = 0u; b < params.blocks; b++) {
    score += dot(qkv[q + b], qkv[k + b]);
    dP += dot(dOutput[i * BLOCKS + b], qkv[v + b]);
  }
  return exp(score * params.scale - logSumExp[i]) * (dP - innerOf(query));
}

@compute @workgroup_size(QUERIES * BLOCKS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let head = group.y;
  let row = group.z;
  let query = local.x / BLOCKS;
  let block = local.x % BLOCKS;
  let t0 = group.x * QUERIES;
  let t = t0 + query;
  let i = (min(t, params.seqLen - 1u) * params.rows + row) * params.heads + head;
  partial[local.x] = dot(dOutput[i * BLOCKS + block], output[i * BLOCKS + block]);
  workgroupBarrier();
  if (t < params.seqLen && block == 0u) { inner[i] = innerOf(query); }
  let end = select(params.seqLen, min(params.seqLen, t0 + QUERIES), CAUSAL == 1u);
  var sum = vec4f();
  for (var first = 0u; first < end; first += params.tile) {
    for (var n = local.x; n < QUERIES * params.tile; n += QUERIES * BLOCKS) {
      slopes[n] = slope(t0 + n / params.tile, n / params.tile, first + n % params.tile, row, head);
    }
    workgroupBarrier();
    for (var k = 0u; k < params.tile; k++) {
      sum += slopes[query * params.tile + k] * qkv[at(first + k, row, 1u, head) + block];
    }
    workgroupBarrier();
  }
  if (t < params.seqLen) { dQkv[at(t, row, 0u, head) + block] = sum * params.scale; }
}
