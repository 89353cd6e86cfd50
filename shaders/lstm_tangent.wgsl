// <D_t, dh_t> for three directions, dh_t the tangent of h_t along the path gamma(s) = s x, D_t = h_t(x) - h_t(0).
// Row (node q, series n): inputs s_q P + b. Two directions are carried through the sequence, each seeded with P_t where
// t lies in its range; the third is local: the tangent of the last input alone (no carried tangent). METHOD: dependence.
// A workgroup owns 4 rows, a thread one hidden unit of all 4.
override HIDDEN: u32 = 64u;

struct Params { seqLen: u32, hiddenSize: u32, nodes: u32, series: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> first: array<f32>;  // [series, 4H]: W_ih token_0, no bias
@group(0) @binding(2) var<storage, read> rest: array<f32>;   // [seqLen - 1, series, 4H]
@group(0) @binding(3) var<storage, read> weight: array<f32>; // [H, 4H]: W_hh transposed
@group(0) @binding(4) var<storage, read> bias: array<f32>;   // [4H]: b_ih + b_hh
@group(0) @binding(5) var<storage, read> path: array<f32>;   // the nodes s_q, in [0, 1]
@group(0) @binding(6) var<storage, read> ranges: array<u32>; // [start, end) of the first direction, then of the second
@group(0) @binding(7) var<storage, read> delta: array<f32>;  // [seqLen, series, H]: D_t
@group(0) @binding(8) var<storage, read_write> products: array<f32>; // [nodes * series, seqLen, 3]

var<workgroup> state: array<vec4f, HIDDEN>; // h_{t-1}
var<workgroup> tangent0: array<vec4f, HIDDEN>;
var<workgroup> tangent1: array<vec4f, HIDDEN>;

fn sigmoid(v: vec4f) -> vec4f { return 1.0 / (1.0 + exp(-clamp(v, vec4f(-30.0), vec4f(30.0)))); }
fn tanhSafe(v: vec4f) -> vec4f { return tanh(clamp(v, vec4f(-15.0), vec4f(15.0))); }

fn load(t: u32, row: u32, j: u32) -> vec4f {
  let n = min(row, params.nodes * params.series - 1u) % params.series;
  if (t == 0u) {
    let i = n * 4u * HIDDEN + j;
    return vec4f(first[i], first[i + HIDDEN], first[i + 2u * HIDDEN], first[i + 3u * HIDDEN]);
  }
  let i = ((t - 1u) * params.series + n) * 4u * HIDDEN + j;
  return vec4f(rest[i], rest[i + HIDDEN], rest[i + 2u * HIDDEN], rest[i + 3u * HIDDEN]);
}

fn loadRows(t: u32, row: u32, j: u32) -> mat4x4f {
  return transpose(mat4x4f(load(t, row, j), load(t, row + 1u, j), load(t, row + 2u, j), load(t, row + 3u, j)));
}

fn loadDelta(t: u32, row: u32, j: u32) -> vec4f {
  var value: vec4f;
  for (var r = 0u; r < 4u; r++) { value[r] = delta[(t * params.series + (row + r) % params.series) * HIDDEN + j]; }
  return value;
}

fn loadPath(row: u32) -> vec4f {
  var value: vec4f;
  for (var r = 0u; r < 4u; r++) { value[r] = path[min((row + r) / params.series, params.nodes - 1u)]; }
  return value;
}

struct Tangent { c: vec4f, h: vec4f }

// The cell's tangent from the gates' pre-activation tangents and the carried tC.
fn cellTangent(gate: mat4x4f, tanhC: vec4f, cBefore: vec4f, tPre: mat4x4f, tC: vec4f) -> Tangent {
  let tI = tPre[0] * gate[0] * (1.0 - gate[0]);
  let tF = tPre[1] * gate[1] * (1.0 - gate[1]);
  let tG = tPre[2] * (1.0 - gate[2] * gate[2]);
  let tO = tPre[3] * gate[3] * (1.0 - gate[3]);
  let c = tF * cBefore + gate[1] * tC + tI * gate[2] + gate[0] * tG;
  return Tangent(c, tO * tanhC + gate[3] * (1.0 - tanhC * tanhC) * c);
}

fn inRange(t: u32, direction: u32) -> f32 {
  return select(0.0, 1.0, t >= ranges[2u * direction] && t < ranges[2u * direction + 1u]);
}

@compute @workgroup_size(HIDDEN)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let j = local.x;
  let row = group.x * 4u;
  let s = loadPath(row);
  let b = vec4f(bias[j], bias[HIDDEN + j], bias[2u * HIDDEN + j], bias[3u * HIDDEN + j]);
  var c = vec4f();
  var tC0 = vec4f();
  var tC1 = vec4f();
  for (var t = 0u; t < params.seqLen; t++) {
    let input = loadRows(t, row, j);
    var sum = mat4x4f(input[0] * s + b.x, input[1] * s + b.y, input[2] * s + b.z, input[3] * s + b.w);
    var sum0 = input * inRange(t, 0u);
    var sum1 = input * inRange(t, 1u);
    if (t > 0u) {
      for (var k = 0u; k < params.hiddenSize; k++) {
        let at = k * 4u * HIDDEN + j;
        let w = vec4f(weight[at], weight[at + HIDDEN], weight[at + 2u * HIDDEN], weight[at + 3u * HIDDEN]);
        let h = state[k];
        let h0 = tangent0[k];
        let h1 = tangent1[k];
        sum += mat4x4f(h * w.x, h * w.y, h * w.z, h * w.w);
        sum0 += mat4x4f(h0 * w.x, h0 * w.y, h0 * w.z, h0 * w.w);
        sum1 += mat4x4f(h1 * w.x, h1 * w.y, h1 * w.z, h1 * w.w);
      }
    }
    let gate = mat4x4f(sigmoid(sum[0]), sigmoid(sum[1]), tanhSafe(sum[2]), sigmoid(sum[3]));
    let cBefore = c;
    c = gate[1] * c + gate[0] * gate[2];
    let tanhC = tanhSafe(c);
    let t0 = cellTangent(gate, tanhC, cBefore, sum0, tC0);
    let t1 = cellTangent(gate, tanhC, cBefore, sum1, tC1);
    let last = cellTangent(gate, tanhC, cBefore, input, vec4f());
    tC0 = t0.c;
    tC1 = t1.c;
    // Contract with D_t: each thread leaves its products, three threads sum them in order.
    let d = loadDelta(t, row, j);
    workgroupBarrier();
    state[j] = d * t0.h;
    tangent0[j] = d * t1.h;
    tangent1[j] = d * last.h;
    workgroupBarrier();
    if (j < 3u) {
      var total = vec4f();
      for (var k = 0u; k < params.hiddenSize; k++) {
        if (j == 0u) { total += state[k]; } else if (j == 1u) { total += tangent0[k]; } else { total += tangent1[k]; }
      }
      for (var r = 0u; r < 4u; r++) {
        if (row + r < params.nodes * params.series) { products[((row + r) * params.seqLen + t) * 3u + j] = total[r]; }
      }
    }
    workgroupBarrier();
    state[j] = gate[3] * tanhC;
    tangent0[j] = t0.h;
    tangent1[j] = t1.h;
    workgroupBarrier();
  }
}
