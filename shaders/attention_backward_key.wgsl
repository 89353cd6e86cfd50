// dV_j = sum_t p_tj dO_t, dK_j = sum_t dS_tj q_t / sqrt(headSize), dS_tj = p_tj (dO_t . v_j - dO_t . o_t)
// A workgroup owns KEYS positions of one row and head, a thread four columns of one position's dK and dV; queries go by in tiles.
override KEYS: u32 = 16u;
override BLOCKS: u32 = 4u; // headSize / 4
override CAUSAL: u32 = 1u;
override MASKED: u32 = 0u;
const tileSize = 16u;

// `blocks` is BLOCKS and `tile` tileSize: constants as loop bounds are unrolled by some drivers.
struct Params { seqLen: u32, rows: u32, heads: u32, blocks: u32, tile: u32, scale: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<vec4f>;     // [seqLen, rows, 3, heads, headSize]
@group(0) @binding(2) var<storage, read> valid: array<f32>;     // [seqLen, rows]
@group(0) @binding(3) var<storage, read> inner: array<f32>;     // [seqLen, rows, heads]: dO_t . o_t
@group(0) @binding(4) var<storage, read> logSumExp: array<f32>; // [seqLen, rows, heads]
@group(0) @binding(5) var<storage, read> dOutput: array<vec4f>; // [seqLen, rows, heads, headSize]
@group(0) @binding(6) var<storage, read_write> dQkv: array<vec4f>; // the parts of k and v

var<workgroup> pairs: array<vec2f, KEYS * tileSize>; // p and dS of the tile

fn at(t: u32, row: u32, part: u32, head: u32) -> u32 {
  return ((min(t, params.seqLen - 1u) * params.rows + row) * 3u * params.heads + part * params.heads + head) * BLOCKS;
}

fn allowed(t: u32, key: u32, row: u32) -> bool {
  if (t >= params.seqLen || key >= params.seqLen || (CAUSAL == 1u && key > t)) { return false; }
  return MASKED == 0u || valid[key * params.rows + row] > 0.0;
}

fn pair(t: u32, key: u32, row: u32, head: u32) -> vec2f {
  if (!allowed(t, key, row)) { return vec2f(); }
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
  let p = exp(score * params.scale - logSumExp[i]);
  return vec2f(p, p * (dP - inner[i]));
}

@compute @workgroup_size(KEYS * BLOCKS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let head = group.y;
  let row = group.z;
  let slot = local.x / BLOCKS;
  let block = local.x % BLOCKS;
  let key0 = group.x * KEYS;
  var dK = vec4f();
  var dV = vec4f();
  for (var first = select(0u, key0, CAUSAL == 1u); first < params.seqLen; first += params.tile) {
    for (var n = local.x; n < KEYS * params.tile; n += KEYS * BLOCKS) {
      pairs[n] = pair(first + n % params.tile, key0 + n / params.tile, row, head);
    }
    workgroupBarrier();
    for (var k = 0u; k < params.tile; k++) {
      let weight = pairs[slot * params.tile + k];
      let t = min(first + k, params.seqLen - 1u);
      dV += weight.x * dOutput[((t * params.rows + row) * params.heads + head) * BLOCKS + block];
      dK += weight.y * qkv[at(t, row, 0u, head) + block];
    }
    workgroupBarrier();
  }
  if (key0 + slot >= params.seqLen) { return; }
  dQkv[at(key0 + slot, row, 1u, head) + block] = dK * params.scale;
  dQkv[at(key0 + slot, row, 2u, head) + block] = dV;
}
