// tO_t = sum_j p_tj (tS_tj v_j + tV_j) - (sum_j p_tj tS_tj) o_t, tS_tj = (tq_t . k_j + q_t . tk_j) / sqrt(headSize), j <= t
// With LOCAL, position t's tangent enters t alone: tk_j and tV_j count only where j = t. By causality nothing before t feels it.
override QUERIES: u32 = 16u;
override BLOCKS: u32 = 4u; // headSize / 4
override LOCAL: u32 = 0u;
const tileSize = 16u;

// `blocks` is BLOCKS and `tile` tileSize: constants as loop bounds are unrolled by some drivers.
struct Params { seqLen: u32, rows: u32, heads: u32, blocks: u32, tile: u32, scale: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<vec4f>;     // [seqLen, rows, 3, heads, headSize]
@group(0) @binding(2) var<storage, read> tQkv: array<vec4f>;
@group(0) @binding(3) var<storage, read> output: array<vec4f>;  // [seqLen, rows, heads, headSize]
@group(0) @binding(4) var<storage, read> logSumExp: array<f32>; // [seqLen, rows, heads]
@group(0) @binding(5) var<storage, read_write> tOutput: array<vec4f>;

var<workgroup> pairs: array<vec2f, QUERIES * tileSize>; // p and p tS of the tile

fn at(t: u32, row: u32, part: u32, head: u32) -> u32 {
  return ((min(t, params.seqLen - 1u) * params.rows + row) * 3u * params.heads + part * params.heads + head) * BLOCKS;
}

fn moves(t: u32, key: u32) -> bool { return LOCAL == 0u || t == key; }

fn pair(t: u32, key: u32, row: u32, head: u32) -> vec2f {
  if (t >= params.seqLen || key > t) { return vec2f(); }
  let q = at(t, row, 0u, head);
  let k = at(key, row, 1u, head);
  var score = 0.0;
  var tangent = 0.0;
  for (var b = 0u; b < params.blocks; b++) {
    score += dot(qkv[q + b], qkv[k + b]);
    tangent += dot(tQkv[q + b], qkv[k + b]);
    if (moves(t, key)) { tangent += dot(qkv[q + b], tQkv[k + b]); }
  }
  let p = exp(score * params.scale - logSumExp[(t * params.rows + row) * params.heads + head]);
  return vec2f(p, p * tangent * params.scale);
}

@compute @workgroup_size(QUERIES * BLOCKS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let head = group.y;
  let row = group.z;
  let query = local.x / BLOCKS;
  let block = local.x % BLOCKS;
  let t0 = group.x * QUERIES;
  let t = t0 + query;
  var sum = vec4f();
  var total = 0.0;
  for (var first = 0u; first < min(params.seqLen, t0 + QUERIES); first += params.tile) {
    for (var n = local.x; n < QUERIES * params.tile; n += QUERIES * BLOCKS) {
      pairs[n] = pair(t0 + n / params.tile, first + n % params.tile, row, head);
    }
    workgroupBarrier();
    for (var k = 0u; k < params.tile; k++) {
      let weight = pairs[query * params.tile + k];
      let v = at(first + k, row, 2u, head) + block;
      total += weight.y;
      sum += weight.y * qkv[v];
      if (moves(t, first + k)) { sum += weight.x * tQkv[v]; }
    }
    workgroupBarrier();
  }
  if (t >= params.seqLen) { return; }
  let i = ((t * params.rows + row) * params.heads + head) * BLOCKS + block;
  tOutput[i] = sum - total * output[i];
}
