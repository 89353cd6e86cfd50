// dQ_t = sum_j dS_tj k_j / sqrt(headSize), dS_tj = p_tj (dO_t . v_j - dO_t . o_t), p_tj = exp(s_tj - logSumExp_t)
// As the forward pass: a thread owns one position of one row and head, keys go by four at a time.
override QUERIES: u32 = 64u;
override BLOCKS: u32 = 4u; // headSize / 4
override CAUSAL: u32 = 1u; // 1: only j <= t
override MASKED: u32 = 0u; // 1: only valid j

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

var<workgroup> sums: array<vec4f, BLOCKS * QUERIES>; // of each thread its own, where a loop can index them

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
  let i = (t * params.rows + row) * params.heads + head;
  var product = 0.0;
  for (var b = 0u; b < params.blocks; b++) {
    sums[b * QUERIES + local.x] = vec4f();
    product += dot(dOutput[i * BLOCKS + b], output[i * BLOCKS + b]);
  }
  inner[i] = product;
  let end = select(params.seqLen, min(params.seqLen, (group.x + 1u) * QUERIES), CAUSAL == 1u);
  for (var first = 0u; first < end; first += 4u) {
    let keys4 = starts(first, row, 1u, head);
    let values4 = starts(first, row, 2u, head);
    var score = vec4f();
    var dP = vec4f();
    for (var b = 0u; b < params.blocks; b++) {
      score += qkv[q + b] * four(keys4, b);
      dP += dOutput[i * BLOCKS + b] * four(values4, b);
    }
    let p = exp(min(score * params.scale - logSumExp[i], vec4f(0.0)));
    let dS = select(vec4f(), p * (dP - product), allowed(t, first, row));
    for (var b = 0u; b < params.blocks; b++) { sums[b * QUERIES + local.x] += four(keys4, b) * dS; }
  }
  for (var b = 0u; b < params.blocks; b++) { dQkv[q + b] = sums[b * QUERIES + local.x] * params.scale; }
}
