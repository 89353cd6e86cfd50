// c_t = f c_{t-1} + i g, h_t = o tanh(c_t), and three tangents of both: one layer of a stack.
// Parts: 0 the layer itself, 1 and 2 tangents carried through the sequence, 3 the local tangent of position t's own input
// alone, with nothing carried.
// A workgroup owns 4 rows, a thread 4 hidden units of each (one vec4 a row).
override THREADS: u32 = 16u; // H / 4

// `blocks` is THREADS, `gateCount` 4, `carried` 3: constants as loop bounds are unrolled by some drivers.
struct Params { seqLen: u32, rows: u32, blocks: u32, gateCount: u32, carried: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> weight: array<vec4f>; // [H, 4, H]: W_hh transposed
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;   // [4, H]: b_ih + b_hh
@group(0) @binding(3) var<storage, read_write> pre: array<vec4f>;    // [4 parts, seqLen, rows, 4, H]: W_ih x at first
@group(0) @binding(4) var<storage, read_write> cell: array<vec4f>;   // [3 parts, rows, H]: c and its carried tangents
@group(0) @binding(5) var<storage, read_write> hidden: array<vec4f>; // [4 parts, seqLen, rows, H]

fn hiddenAt(part: u32, t: u32, row: u32, unit: u32) -> u32 {
  return ((part * params.seqLen + t) * params.rows + min(row, params.rows - 1u)) * THREADS + unit;
}

fn preAt(part: u32, t: u32, row: u32, gate: u32, unit: u32) -> u32 {
  return (((part * params.seqLen + t) * params.rows + row) * 4u + gate) * THREADS + unit;
}

// W_hh times h_{t-1} and both carried tangents of four rows, one gate: [part, row].
fn recurrent(t: u32, row0: u32, gate: u32, unit: u32, lane: u32, lanes: u32) -> array<vec4f, 12> {
  var sum = array<vec4f, 12>();
  if (t == 0u) { return sum; }
  for (var k0 = 0u; k0 < params.blocks; k0 += lanes) {
    var h = array<vec4f, 12>(); // four values each, other ones in each lane
    for (var n = 0u; n < 12u; n++) { h[n] = hidden[hiddenAt(n / 4u, t - 1u, row0 + n % 4u, min(k0 + lane, THREADS - 1u))]; }
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

fn gates(part: u32, t: u32, row: u32, unit: u32) -> mat4x4f {
  return mat4x4f(
    pre[preAt(part, t, row, 0u, unit)], pre[preAt(part, t, row, 1u, unit)],
    pre[preAt(part, t, row, 2u, unit)], pre[preAt(part, t, row, 3u, unit)]);
}

// One position of one row.
fn advance(t: u32, row: u32, unit: u32) {
  let p = gates(0u, t, row, unit);
  let i = sigmoid(p[0] + bias[unit]);
  let f = sigmoid(p[1] + bias[THREADS + unit]);
  let g = tanhSafe(p[2] + bias[2u * THREADS + unit]);
  let o = sigmoid(p[3] + bias[3u * THREADS + unit]);
  let slot = row * THREADS + unit;
  let size = params.rows * THREADS;
  var before = vec4f();
  if (t > 0u) { before = cell[slot]; }
  let c = f * before + i * g;
  let tanhC = tanhSafe(c);
  cell[slot] = c;
  hidden[hiddenAt(0u, t, row, unit)] = o * tanhC;
  for (var part = 1u; part <= params.carried; part++) {
    let tPre = gates(part, t, row, unit);
    var tC = tPre[1] * f * (1.0 - f) * before + tPre[0] * i * (1.0 - i) * g + i * tPre[2] * (1.0 - g * g);
    if (part < 3u) {
      if (t > 0u) { tC += f * cell[slot + part * size]; }
      cell[slot + part * size] = tC;
    }
    hidden[hiddenAt(part, t, row, unit)] = tPre[3] * o * (1.0 - o) * tanhC + o * (1.0 - tanhC * tanhC) * tC;
  }
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let unit = local.x;
  let row0 = group.x * 4u;
  let lanes = laneCount();
  let lane = laneIndex();
  let end = min(row0 + 4u, params.rows);
  for (var t = 0u; t < params.seqLen; t++) {
    for (var gate = 0u; gate < params.gateCount; gate++) {
      let sum = recurrent(t, row0, gate, unit, lane, lanes);
      for (var n = 0u; n < 12u; n++) {
        let row = row0 + n % 4u;
        if (row < params.rows) { pre[preAt(n / 4u, t, row, gate, unit)] += sum[n]; }
      }
    }
    for (var row = row0; row < end; row++) { advance(t, row, unit); }
    storageBarrier(); // h_t and its tangents are complete before the next position reads them
  }
}
