// dV_j = sum_t p_tj dO_t, dK_j = sum_t dS_tj q_t / sqrt(headSize), dS_tj = p_tj (dO_t . v_j - dO_t . o_t)
// A thread owns one position of one row and head as a key; queries go by eight at a time (attention_positions.wgsl).
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

var<workgroup> keySums: array<vec4f, BLOCKS * OWNED>; // of each thread its own, where a loop can index them
var<workgroup> valueSums: array<vec4f, BLOCKS * OWNED>;

// Four columns of the gradients of eight positions' outputs.
fn eightGradients(first: u32, row: u32, head: u32, block: u32, lane: u32) -> Eight {
  if (LANES == 1u) {
    return Eight(gradientsAlone(first, row, head, block), gradientsAlone(first + 4u, row, head, block));
  }
  let low = dOutput[index(first + lane % LANES, row, head) * BLOCKS + block];
  var high = low;
  if (LANES == 4u) { high = dOutput[index(first + 4u + lane % 4u, row, head) * BLOCKS + block]; }
  return handRound(low, high);
}

fn gradientsAlone(first: u32, row: u32, head: u32, block: u32) -> mat4x4f {
  return mat4x4f(
    dOutput[index(first, row, head) * BLOCKS + block], dOutput[index(first + 1u, row, head) * BLOCKS + block],
    dOutput[index(first + 2u, row, head) * BLOCKS + block], dOutput[index(first + 3u, row, head) * BLOCKS + block]);
}

// log sum exp and dO_t . o_t of a position, in the first two columns.
fn sumsOf(t: u32, row: u32, head: u32) -> vec4f {
  let i = index(t, row, head);
  return vec4f(logSumExp[i], inner[i], 0.0, 0.0);
}

fn eightSums(first: u32, row: u32, head: u32, lane: u32) -> Eight {
  if (LANES == 1u) {
    return Eight(
      mat4x4f(
        sumsOf(first, row, head), sumsOf(first + 1u, row, head), sumsOf(first + 2u, row, head), sumsOf(first + 3u, row, head)),
      mat4x4f(
        sumsOf(first + 4u, row, head), sumsOf(first + 5u, row, head), sumsOf(first + 6u, row, head), sumsOf(first + 7u, row, head)));
  }
  let low = sumsOf(first + lane % LANES, row, head);
  var high = low;
  if (LANES == 4u) { high = sumsOf(first + 4u + lane % 4u, row, head); }
  return handRound(low, high);
}

@compute @workgroup_size(OWNED)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let head = group.y;
  let row = group.z;
  let lane = laneIndex();
  let key = group.x * OWNED + local.x; // past the last a thread only helps to read
  let k = at(key, row, 1u, head);
  let v = at(key, row, 2u, head);
  for (var b = 0u; b < params.blocks; b++) {
    keySums[b * OWNED + local.x] = vec4f();
    valueSums[b * OWNED + local.x] = vec4f();
  }
  var start = params.seqLen; // the first query that sees this key
  if (MASKED == 0u || valid[min(key, params.seqLen - 1u) * params.rows + row] > 0.0) { start = select(0u, key, CAUSAL == 1u); }
  for (var first = lowest(start) / 8u * 8u; first < params.seqLen; first += 8u) {
    var score = EightOnes();
    var dP = EightOnes();
    for (var b = 0u; b < params.blocks; b++) {
      let q = eight(first, row, 0u, head, b, lane);
      score[0] += qkv[k + b] * q[0];
      score[1] += qkv[k + b] * q[1];
      let dO = eightGradients(first, row, head, b, lane);
      dP[0] += qkv[v + b] * dO[0];
      dP[1] += qkv[v + b] * dO[1];
    }
    let known = eightSums(first, row, head, lane);
    let logSum = ones(known);
    let product = seconds(known);
    let p = EightOnes(
      probability(first, start, score[0] * params.scale - logSum[0]),
      probability(first + 4u, start, score[1] * params.scale - logSum[1]));
    let dS = EightOnes(p[0] * (dP[0] - product[0]), p[1] * (dP[1] - product[1]));
    for (var b = 0u; b < params.blocks; b++) {
      let q = eight(first, row, 0u, head, b, lane);
      keySums[b * OWNED + local.x] += q[0] * dS[0] + q[1] * dS[1];
      let dO = eightGradients(first, row, head, b, lane);
      valueSums[b * OWNED + local.x] += dO[0] * p[0] + dO[1] * p[1];
    }
  }
  if (key >= params.seqLen) { return; }
  for (var b = 0u; b < params.blocks; b++) {
    dQkv[k + b] = keySums[b * OWNED + local.x] * params.scale;
    dQkv[v + b] = valueSums[b * OWNED + local.x];
  }
}

// exp of what four queries from `first` on say, where they see the key.
fn probability(first: u32, start: u32, logarithm: vec4f) -> vec4f {
  let queries = first + vec4u(0u, 1u, 2u, 3u);
  let may = (queries >= vec4u(start)) & (queries < vec4u(params.seqLen));
  return select(vec4f(), exp(min(logarithm, vec4f(0.0))), may);
}

fn seconds(values: Eight) -> EightOnes {
  return EightOnes(
    vec4f(values[0][0].y, values[0][1].y, values[0][2].y, values[0][3].y),
    vec4f(values[1][0].y, values[1][1].y, values[1][2].y, values[1][3].y));
}
