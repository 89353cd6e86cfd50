// tO_t = sum_j p_tj (tS_tj v_j + tV_j) - (sum_j p_tj tS_tj) o_t, tS_tj = (tq_t . k_j + q_t . tk_j) / sqrt(headSize), j <= t
// With LOCAL, position t's tangent enters t alone: tk_j and tV_j count only where j = t. By causality nothing before t feels it.
// As the forward pass: a thread owns one position of one row and head, keys go by four at a time.
override QUERIES: u32 = 64u;
override BLOCKS: u32 = 4u; // headSize / 4
override LOCAL: u32 = 0u;

// `blocks` is BLOCKS: constants as loop bounds are unrolled by some drivers.
struct Params { seqLen: u32, rows: u32, heads: u32, blocks: u32, scale: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<vec4f>;     // [seqLen, rows, 3, heads, headSize]
@group(0) @binding(2) var<storage, read> tQkv: array<vec4f>;
@group(0) @binding(3) var<storage, read> output: array<vec4f>;  // [seqLen, rows, heads, headSize]
@group(0) @binding(4) var<storage, read> logSumExp: array<f32>; // [seqLen, rows, heads]
@group(0) @binding(5) var<storage, read_write> tOutput: array<vec4f>;

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

fn fourTangents(start: vec4u, block: u32) -> mat4x4f {
  return mat4x4f(tQkv[start.x + block], tQkv[start.y + block], tQkv[start.z + block], tQkv[start.w + block]);
}

@compute @workgroup_size(QUERIES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let head = group.y;
  let row = group.z;
  let t = group.x * QUERIES + local.x;
  if (t >= params.seqLen) { return; }
  let q = at(t, row, 0u, head);
  let i = (t * params.rows + row) * params.heads + head;
  for (var b = 0u; b < params.blocks; b++) { sums[b * QUERIES + local.x] = vec4f(); }
  var total = 0.0;
  for (var first = 0u; first < min(params.seqLen, (group.x + 1u) * QUERIES); first += 4u) {
    let keys4 = starts(first, row, 1u, head);
    let values4 = starts(first, row, 2u, head);
    let keys = first + vec4u(0u, 1u, 2u, 3u);
    let moves = select(vec4f(), vec4f(1.0), (keys == vec4u(t)) | vec4<bool>(LOCAL == 0u));
    var score = vec4f();
    var tangent = vec4f();
    for (var b = 0u; b < params.blocks; b++) {
      let k = four(keys4, b);
      score += qkv[q + b] * k;
      tangent += tQkv[q + b] * k + moves * (qkv[q + b] * fourTangents(keys4, b));
    }
    let p = select(vec4f(), exp(min(score * params.scale - logSumExp[i], vec4f(0.0))), keys <= vec4u(t));
    let slope = p * tangent * params.scale;
    total += dot(slope, vec4f(1.0));
    for (var b = 0u; b < params.blocks; b++) {
      sums[b * QUERIES + local.x] += four(values4, b) * slope + fourTangents(values4, b) * (moves * p);
    }
  }
  for (var b = 0u; b < params.blocks; b++) {
    tOutput[i * BLOCKS + b] = sums[b * QUERIES + local.x] - total * output[i * BLOCKS + b];
  }
}
