// <D_t, dh_t> for three directions, dh_t the tangent of h_t along the path gamma(s) = s x, D_t = h_t(x) - h_t(0).
// Row (node q, series n): inputs s_q P_t + b at t > 0; what z adds, and its tangent, come by row, since its way in may bend
// (see path_points). Two directions are carried through the sequence, each seeded with the tangents of the inputs in its
// range; the third is local: the tangent of the last input alone, with nothing carried.
// A workgroup owns 4 rows, a thread 4 hidden units of each (one vec4 a row).
override THREADS: u32 = 16u; // H / 4
override SKIP: u32 = 0u;     // 1: z enters at every position too

// `blocks` is THREADS, `gateCount` 4: constants as loop bounds are unrolled by some drivers.
struct Params { seqLen: u32, nodes: u32, series: u32, blocks: u32, gateCount: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> latent: array<vec4f>; // [2 or 4, rows, 4, H]: W_ih token_0(s_q z), its tangent; the same of the skip
@group(0) @binding(2) var<storage, read> rest: array<vec4f>;   // [seqLen - 1, series, 4, H]
@group(0) @binding(3) var<storage, read> weight: array<vec4f>; // [H, 4, H]: W_hh transposed
@group(0) @binding(4) var<storage, read> bias: array<vec4f>;   // [4, H]: b_ih + b_hh
@group(0) @binding(5) var<storage, read> path: array<f32>;     // ranges [start, end) of both directions, then the nodes s_q
@group(0) @binding(6) var<storage, read> delta: array<vec4f>;  // [seqLen, series, H]: D_t
@group(0) @binding(7) var<storage, read_write> state: array<vec4f>;   // [rows, 21, H], see slot()
@group(0) @binding(8) var<storage, read_write> products: array<f32>;  // [rows, seqLen, 3]

var<workgroup> partial: array<vec4f, 4 * THREADS>; // of each thread and row: its share of the three products

// 0..2: h and both tangents after even positions, 3..5: after odd ones; 6..17: sums of (h, tangents) x gates; 18..20: c and its tangents.
fn slot(row: u32, index: u32, unit: u32) -> u32 { return (row * 21u + index) * THREADS + unit; }

// W_hh times h and both carried tangents of four rows, one gate: [carrier, row].
fn recurrent(t: u32, row0: u32, gate: u32, unit: u32, lane: u32, lanes: u32) -> array<vec4f, 12> {
  var sum = array<vec4f, 12>();
  if (t == 0u) { return sum; }
  let before = 3u * ((t - 1u) % 2u);
  for (var k0 = 0u; k0 < params.blocks; k0 += lanes) {
    var h = array<vec4f, 12>(); // four values each, other ones in each lane
    for (var n = 0u; n < 12u; n++) { h[n] = state[slot(row0 + n % 4u, before + n / 4u, min(k0 + lane, THREADS - 1u))]; }
    let count = min(lanes, params.blocks - k0);
    for (var k = 0u; k < count; k++) {
      let at = ((k0 + k) * 16u + gate) * THREADS + unit;
      let stride = 4u * THREADS;
      let w = mat4x4f(weight[at], weight[at + stride], weight[at + 2u * stride], weight[at + 3u * stride]);
      for (var n = 0u; n < 12u; n++) { sum[n] += w * spread(h[n], k); }
    }
  }
  return sum;
}

// Part 0: what z adds at position 0, 1: its tangent; 2 and 3: what it adds at every position, zero without a skip.
fn latentPart(part: u32, row: u32, unit: u32) -> mat4x4f {
  var value = mat4x4f();
  if (part > 1u && SKIP == 0u) { return value; }
  let rows = params.nodes * params.series;
  let at = (part * rows + min(row, rows - 1u)) * 4u;
  for (var gate = 0u; gate < params.gateCount; gate++) { value[gate] = latent[(at + gate) * THREADS + unit]; }
  return value;
}

// P_t, t > 0: what the value before position t adds at s = 1.
fn inputOf(t: u32, row: u32, unit: u32) -> mat4x4f {
  let at = ((t - 1u) * params.series + row % params.series) * 4u;
  var p = mat4x4f();
  for (var gate = 0u; gate < params.gateCount; gate++) { p[gate] = rest[(at + gate) * THREADS + unit]; }
  return p;
}

// The tangent that inputs [start, end) put into position t; z is input 0.
fn seed(t: u32, start: f32, end: f32, own: mat4x4f, skip: mat4x4f) -> mat4x4f {
  let position = f32(t);
  return own * select(0.0, 1.0, position >= start && position < end) + skip * select(0.0, 1.0, start <= 0.0 && end > 0.0);
}

struct Tangent { c: vec4f, h: vec4f }

fn cellTangent(i: vec4f, f: vec4f, g: vec4f, o: vec4f, tanhC: vec4f, before: vec4f, tPre: mat4x4f, tC: vec4f) -> Tangent {
  let c = tPre[1] * f * (1.0 - f) * before + f * tC + tPre[0] * i * (1.0 - i) * g + i * tPre[2] * (1.0 - g * g);
  return Tangent(c, tPre[3] * o * (1.0 - o) * tanhC + o * (1.0 - tanhC * tanhC) * c);
}

fn sums(row: u32, carrier: u32, unit: u32) -> mat4x4f {
  let at = 6u + 4u * carrier;
  return mat4x4f(
    state[slot(row, at, unit)], state[slot(row, at + 1u, unit)], state[slot(row, at + 2u, unit)], state[slot(row, at + 3u, unit)]);
}

// One position of one row; returns the thread's share of the three products.
fn advance(t: u32, row: u32, unit: u32) -> vec4f {
  let s = path[4u + min(row / params.series, params.nodes - 1u)];
  let skip = latentPart(3u, row, unit);
  var p: mat4x4f;   // the pre-activation of the inputs, and the tangent of the last of them
  var own: mat4x4f;
  if (t == 0u) {
    p = latentPart(0u, row, unit);
    own = latentPart(1u, row, unit);
  } else {
    own = inputOf(t, row, unit);
    p = own * s;
  }
  let b = mat4x4f(bias[unit], bias[THREADS + unit], bias[2u * THREADS + unit], bias[3u * THREADS + unit]);
  let sum = sums(row, 0u, unit) + p + latentPart(2u, row, unit) + b;
  let i = sigmoid(sum[0]);
  let f = sigmoid(sum[1]);
  let g = tanhSafe(sum[2]);
  let o = sigmoid(sum[3]);
  var before: array<vec4f, 3>;
  if (t > 0u) { for (var k = 0u; k < 3u; k++) { before[k] = state[slot(row, 18u + k, unit)]; } }
  let c = f * before[0] + i * g;
  let tanhC = tanhSafe(c);
  let tangent1 = sums(row, 1u, unit) + seed(t, path[0], path[1], own, skip);
  let tangent2 = sums(row, 2u, unit) + seed(t, path[2], path[3], own, skip);
  let a = cellTangent(i, f, g, o, tanhC, before[0], tangent1, before[1]);
  let e = cellTangent(i, f, g, o, tanhC, before[0], tangent2, before[2]);
  let last = cellTangent(i, f, g, o, tanhC, before[0], own + skip * select(0.0, 1.0, t == 0u), vec4f());
  let now = 3u * (t % 2u);
  state[slot(row, now, unit)] = o * tanhC;
  state[slot(row, now + 1u, unit)] = a.h;
  state[slot(row, now + 2u, unit)] = e.h;
  state[slot(row, 18u, unit)] = c;
  state[slot(row, 19u, unit)] = a.c;
  state[slot(row, 20u, unit)] = e.c;
  let d = delta[(t * params.series + row % params.series) * THREADS + unit];
  return vec4f(dot(d, a.h), dot(d, e.h), dot(d, last.h), 0.0);
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let unit = local.x;
  let row0 = group.x * 4u;
  let lanes = laneCount();
  let lane = laneIndex();
  for (var t = 0u; t < params.seqLen; t++) {
    for (var gate = 0u; gate < params.gateCount; gate++) {
      let sum = recurrent(t, row0, gate, unit, lane, lanes);
      for (var n = 0u; n < 12u; n++) { state[slot(row0 + n % 4u, 6u + 4u * (n / 4u) + gate, unit)] = sum[n]; }
    }
    for (var r = 0u; r < params.gateCount; r++) { partial[r * THREADS + unit] = advance(t, row0 + r, unit); }
    workgroupBarrier();
    for (var r = unit; r < 4u; r += THREADS) {
      var total = vec4f();
      for (var k = 0u; k < params.blocks; k++) { total += partial[r * THREADS + k]; }
      let row = row0 + r;
      if (row < params.nodes * params.series) {
        for (var k = 0u; k < 3u; k++) { products[(row * params.seqLen + t) * 3u + k] = total[k]; }
      }
    }
    storageBarrier(); // the states of position t are complete
    workgroupBarrier();
  }
}
