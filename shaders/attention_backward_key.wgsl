// dV_j = sum_t p_tj dO_t, dK_j = sum_t dS_tj q_t / sqrt(headSize), dS_tj = p_tj (dO_t . v_j - dO_t . o_t)
// A thread owns one position of one row and head as a key; queries go by four at a time, read at one address by the workgroup.
override KEYS: u32 = 64u;
override BLOCKS: u32 = 4u; // headSize / 4
override CAUSAL: u32 = 1u; // 1: only j <= t
override MASKED: u32 = 0u; // 1: only valid j

// `blocks` is BLOCKS: constants as loop bounds are unrolled by some drivers.
struct Params { seqLen: u32, rows: u32, heads: u32, blocks: u32, scale: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<vec4f>;     // [seqLen, rows, 3, heads, headSize]
@group(0) @binding(2) var<storage, read> valid: array<f32>;     // [seqLen, rows]
@group(0) @binding(3) var<storage, read> inner: array<f32>;     // [seqLen, rows, heads]: dO_t . o_t
@group(0) @binding(4) var<storage, read> logSumExp: array<f32>; // [seqLen, rows, heads]
@group(0) @binding(5) var<storage, read> dOutput: array<vec4f>; // [seqLen, rows, heads, headSize]
@group(0) @binding(6) var<storage, read_write> dQkv: array<vec4f>; // the parts of k and v

var<workgroup> keySums: array<vec4f, BLOCKS * KEYS>; // of each thread its own, where a loop can index them
var<workgroup> valueSums: array<vec4f, BLOCKS * KEYS>;

fn at(t: u32, row: u32, part: u32, head: u32) -> u32 {
  return ((min(t, params.seqLen - 1u) * params.rows + row) * 3u * params.heads + part * params.heads + head) * BLOCKS;
}

// The index of a query in [seqLen, rows, heads].
fn index(t: u32, row: u32, head: u32) -> u32 {
  return (min(t, params.seqLen - 1u) * params.rows + row) * params.heads + head;
}

// Four columns of four queries, and of the gradients of their outputs, that begin at these places.
fn fourQueries(start: vec4u, block: u32) -> mat4x4f {
  return mat4x4f(qkv[start.x + block], qkv[start.y + block], qkv[start.z + block], qkv[start.w + block]);
}

fn fourGradients(start: vec4u, block: u32) -> mat4x4f {
  return mat4x4f(dOutput[start.x + block], dOutput[start.y + block], dOutput[start.z + block], dOutput[start.w + block]);
}

@compute @workgroup_size(KEYS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let head = group.y;
  let row = group.z;
  let key = group.x * KEYS + local.x;
  if (key >= params.seqLen) { return; }
  let k = at(key, row, 1u, head);
  let v = at(key, row, 2u, head);
  for (var b = 0u; b < params.blocks; b++) {
    keySums[b * KEYS + local.x] = vec4f();
    valueSums[b * KEYS + local.x] = vec4f();
  }
  let seen = MASKED == 0u || valid[key * params.rows + row] > 0.0;
  for (var first = select(0u, group.x * KEYS, CAUSAL == 1u); first < params.seqLen; first += 4u) {
    let i = vec4u(
      index(first, row, head), index(first + 1u, row, head), index(first + 2u, row, head), index(first + 3u, row, head));
    let queries4 = vec4u(
      at(first, row, 0u, head), at(first + 1u, row, 0u, head), at(first + 2u, row, 0u, head), at(first + 3u, row, 0u, head));
    let gradients4 = i * BLOCKS;
    var score = vec4f();
    var dP = vec4f();
    for (var b = 0u; b < params.blocks; b++) {
      score += qkv[k + b] * fourQueries(queries4, b);
      dP += qkv[v + b] * fourGradients(gradients4, b);
    }
    let queries = first + vec4u(0u, 1u, 2u, 3u);
    let may = (queries < vec4u(params.seqLen)) & (queries >= vec4u(select(0u, key, CAUSAL == 1u))) & vec4<bool>(seen);
    let logSum = vec4f(logSumExp[i.x], logSumExp[i.y], logSumExp[i.z], logSumExp[i.w]);
    let product = vec4f(inner[i.x], inner[i.y], inner[i.z], inner[i.w]);
    let p = select(vec4f(), exp(min(score * params.scale - logSum, vec4f(0.0))), may);
    let dS = p * (dP - product);
    for (var b = 0u; b < params.blocks; b++) {
      keySums[b * KEYS + local.x] += fourQueries(queries4, b) * dS;
      valueSums[b * KEYS + local.x] += fourGradients(gradients4, b) * p;
    }
  }
  for (var b = 0u; b < params.blocks; b++) {
    dQkv[k + b] = keySums[b * KEYS + local.x] * params.scale;
    dQkv[v + b] = valueSums[b * KEYS + local.x];
  }
}
