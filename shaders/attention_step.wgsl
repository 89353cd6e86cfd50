// o = sum_{j <= t} p_j v_j, p = softmax of q . k_j / sqrt(headSize), for the clock's position t; k_t and v_t go to the cache
// A workgroup owns ROWS rows of one head, a thread four columns of one row's output; cached positions go by in tiles.
override ROWS: u32 = 16u;
override BLOCKS: u32 = 4u; // headSize / 4
const tileSize = 16u;
const nothing = -1e30;

// `blocks` is BLOCKS and `tile` tileSize: constants as loop bounds are unrolled by some drivers.
struct Params { rows: u32, heads: u32, blocks: u32, tile: u32, scale: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> clock: array<u32>;  // element 0: the position t
@group(0) @binding(2) var<storage, read> qkv: array<vec4f>;  // [rows, 3, heads, headSize]
@group(0) @binding(3) var<storage, read_write> cache: array<vec4f>;  // [seqLen, rows, 2, heads, headSize]: keys, values
@group(0) @binding(4) var<storage, read_write> output: array<vec4f>; // [rows, heads, headSize]

var<workgroup> scores: array<f32, ROWS * tileSize>;
var<workgroup> weights: array<f32, ROWS * tileSize>; // exp(score - maximum so far)

fn cached(j: u32, row: u32, part: u32, head: u32) -> u32 {
  return (((j * params.rows + row) * 2u + part) * params.heads + head) * BLOCKS;
}

fn score(t: u32, j: u32, row: u32, head: u32) -> f32 {
  if (j > t || row >= params.rows) { return nothing; }
  let q = (row * 3u * params.heads + head) * BLOCKS;
  let k = cached(j, row, 0u, head);
  var sum = 0.0;
  for (var b = 0u; b < params.blocks; b++) { sum += dot(qkv[q + b], cache[k + b]); }
  return sum * params.scale;
}

@compute @workgroup_size(ROWS * BLOCKS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let t = clock[0];
  let head = group.y;
  let row0 = group.x * ROWS;
  let slot = local.x / BLOCKS;
  let block = local.x % BLOCKS;
  let row = min(row0 + slot, params.rows - 1u);
  if (row0 + slot < params.rows) {
    for (var part = 0u; part < 2u; part++) {
      cache[cached(t, row, part, head) + block] = qkv[((row * 3u + 1u + part) * params.heads + head) * BLOCKS + block];
    }
  }
  storageBarrier(); // the rows of this workgroup are read by it alone
  var highest = nothing;
  var total = 0.0;
  var sum = vec4f();
  for (var first = 0u; first <= t; first += params.tile) {
    for (var i = local.x; i < ROWS * params.tile; i += ROWS * BLOCKS) {
      scores[i] = score(t, first + i % params.tile, row0 + i / params.tile, head);
    }
    workgroupBarrier();
    let before = highest;
    for (var k = 0u; k < params.tile; k++) { highest = max(highest, scores[slot * params.tile + k]); }
    for (var k = block; k < params.tile; k += BLOCKS) {
      let s = scores[slot * params.tile + k];
      weights[slot * params.tile + k] = select(0.0, exp(s - highest), s > nothing);
    }
    workgroupBarrier();
    let shrink = exp(before - highest);
    total *= shrink;
    sum *= shrink;
    for (var k = 0u; k < params.tile; k++) {
      let weight = weights[slot * params.tile + k];
      total += weight;
      sum += weight * cache[cached(min(first + k, t), row, 1u, head) + block];
    }
  }
  if (row0 + slot >= params.rows) { return; }
  output[(row * params.heads + head) * BLOCKS + block] = sum / total;
}
