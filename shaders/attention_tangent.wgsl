// tO_t = sum_j p_tj (tS_tj v_j + tV_j) - (sum_j p_tj tS_tj) o_t, tS_tj = (tq_t . k_j + q_t . tk_j) / sqrt(headSize), j <= t
// With LOCAL, position t's tangent enters t alone: tk_j and tV_j count only where j = t. By causality nothing before t feels it.
// As the forward pass: a thread owns one position of one row and head, keys go by eight at a time.
override LOCAL: u32 = 0u;

// `blocks` is BLOCKS: constants as loop bounds are unrolled by some drivers.
struct Params { seqLen: u32, rows: u32, heads: u32, blocks: u32, scale: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<vec4f>;     // [seqLen, rows, 3, heads, headSize]
@group(0) @binding(2) var<storage, read> tQkv: array<vec4f>;
@group(0) @binding(3) var<storage, read> output: array<vec4f>;  // [seqLen, rows, heads, headSize]
@group(0) @binding(4) var<storage, read> logSumExp: array<f32>; // [seqLen, rows, heads]
@group(0) @binding(5) var<storage, read_write> tOutput: array<vec4f>;

var<workgroup> sums: array<vec4f, BLOCKS * OWNED>; // of each thread its own, where a loop can index them

fn eightTangents(first: u32, row: u32, part: u32, head: u32, block: u32, lane: u32) -> Eight {
  if (LANES == 1u) {
    return Eight(tangentsAlone(first, row, part, head, block), tangentsAlone(first + 4u, row, part, head, block));
  }
  let low = tQkv[at(first + lane % LANES, row, part, head) + block];
  var high = low;
  if (LANES == 4u) { high = tQkv[at(first + 4u + lane % 4u, row, part, head) + block]; }
  return handRound(low, high);
}

fn tangentsAlone(first: u32, row: u32, part: u32, head: u32, block: u32) -> mat4x4f {
  return mat4x4f(
    tQkv[at(first, row, part, head) + block], tQkv[at(first + 1u, row, part, head) + block],
    tQkv[at(first + 2u, row, part, head) + block], tQkv[at(first + 3u, row, part, head) + block]);
}

// 1 for those of four keys from `first` on whose tangents count.
fn moving(t: u32, first: u32) -> vec4f {
  return select(vec4f(), vec4f(1.0), (first + vec4u(0u, 1u, 2u, 3u) == vec4u(t)) | vec4<bool>(LOCAL == 0u));
}

fn probability(t: u32, first: u32, logarithm: vec4f) -> vec4f {
  return select(vec4f(), exp(min(logarithm, vec4f(0.0))), first + vec4u(0u, 1u, 2u, 3u) <= vec4u(t));
}

@compute @workgroup_size(OWNED)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let head = group.y;
  let row = group.z;
  let lane = laneIndex();
  let t = group.x * OWNED + local.x; // past the last a thread only helps to read
  let q = at(t, row, 0u, head);
  let i = index(t, row, head);
  for (var b = 0u; b < params.blocks; b++) { sums[b * OWNED + local.x] = vec4f(); }
  let logSum = logSumExp[i];
  var total = 0.0;
  let end = min(params.seqLen, highest(t) + 1u);
  for (var first = 0u; first < end; first += 8u) {
    let moves = EightOnes(moving(t, first), moving(t, first + 4u));
    var score = EightOnes();
    var tangent = EightOnes();
    for (var b = 0u; b < params.blocks; b++) {
      let k = eight(first, row, 1u, head, b, lane);
      let tK = eightTangents(first, row, 1u, head, b, lane);
      score[0] += qkv[q + b] * k[0];
      score[1] += qkv[q + b] * k[1];
      tangent[0] += tQkv[q + b] * k[0] + moves[0] * (qkv[q + b] * tK[0]);
      tangent[1] += tQkv[q + b] * k[1] + moves[1] * (qkv[q + b] * tK[1]);
    }
    let p = EightOnes(
      probability(t, first, score[0] * params.scale - logSum),
      probability(t, first + 4u, score[1] * params.scale - logSum));
    let slope = EightOnes(p[0] * tangent[0] * params.scale, p[1] * tangent[1] * params.scale);
    total += dot(slope[0] + slope[1], vec4f(1.0));
    for (var b = 0u; b < params.blocks; b++) {
      let v = eight(first, row, 2u, head, b, lane);
      let tV = eightTangents(first, row, 2u, head, b, lane);
      sums[b * OWNED + local.x] +=
        v[0] * slope[0] + v[1] * slope[1] + tV[0] * (moves[0] * p[0]) + tV[1] * (moves[1] * p[1]);
    }
  }
  if (t >= params.seqLen) { return; }
  for (var b = 0u; b < params.blocks; b++) {
    tOutput[i * BLOCKS + b] = sums[b * OWNED + local.x] - total * output[i * BLOCKS + b];
  }
}
