// (i, f, g, o) = (s, s, tanh, s)(pre_t + W_hh h_{t-1} + b), c_t = f c_{t-1} + i g, h_t = o tanh(c_t); h_{-1} = c_{-1} = 0.
// One dispatch for the whole sequence. A workgroup owns ROWS batch rows (see kernels/lstm.ts), a thread 4 hidden units of
// each (one vec4 a row): a weight read is used for all the rows, and h_{t-1} is handed round.
override HIDDEN: u32 = 64u; // a multiple of 4
override THREADS: u32 = 16u; // HIDDEN / 4

// `blocks` is THREADS, `gateCount` 4, `once` 1: constants as loop bounds are unrolled by some drivers, at seconds of compile time.
// pre_0[row] = first[row]; pre_t[row] = rest[t - 1 + restShift, row mod restRows]: rows may share one input sequence.
// The bias is row r mod biasRows: one for all rows, or one a row, where an input is the same at every position.
struct Params {
  seqLen: u32, rows: u32, restRows: u32, restShift: u32, biasRows: u32, blocks: u32, gateCount: u32, once: u32
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> first: array<vec4f>;  // [rows, 4, H]
@group(0) @binding(2) var<storage, read> rest: array<vec4f>;   // [positions, restRows, 4, H]
@group(0) @binding(3) var<storage, read> weight: array<vec4f>; // [H, 4, H]: W_hh transposed
@group(0) @binding(4) var<storage, read> bias: array<vec4f>;   // [biasRows, 4, H]
@group(0) @binding(5) var<storage, read_write> hidden: array<vec4f>; // [seqLen, rows, H]
@group(0) @binding(6) var<storage, read_write> cell: array<vec4f>;   // [seqLen, rows, H]
@group(0) @binding(7) var<storage, read_write> gates: array<vec4f>;  // [seqLen, rows, 4, H]: i, f, g, o

fn sigmoid(v: vec4f) -> vec4f { return 1.0 / (1.0 + exp(-clamp(v, vec4f(-30.0), vec4f(30.0)))); }

fn preActivation(t: u32, row: u32, gate: u32, unit: u32) -> vec4f {
  if (t == 0u) { return first[(row * 4u + gate) * THREADS + unit]; }
  let at = (t - 1u + params.restShift) * params.restRows + row % params.restRows;
  return rest[(at * 4u + gate) * THREADS + unit];
}

// What the rows add to one gate: four units of W_hh h_{t-1} each.
fn recurrent(t: u32, row0: u32, gate: u32, unit: u32, lane: u32, lanes: u32) -> array<vec4f, ROWS> {
  var sum = array<vec4f, ROWS>();
  if (t == 0u) { return sum; }
  for (var k0 = 0u; k0 < params.blocks; k0 += lanes) {
    var h = array<vec4f, ROWS>(); // four values of h_{t-1} of each row, other ones in each lane
    for (var n = 0u; n < rowCount(params.once); n++) {
      moveUp(&h);
      let row = (t - 1u) * params.rows + min(row0 + n, params.rows - 1u);
      h[latest(n)] = hidden[row * THREADS + min(k0 + lane, THREADS - 1u)];
    }
    let count = min(lanes, params.blocks - k0);
    for (var k = 0u; k < count; k++) {
      let at = ((k0 + k) * 16u + gate) * THREADS + unit;
      let w = mat4x4f(weight[at], weight[at + HIDDEN], weight[at + 2u * HIDDEN], weight[at + 3u * HIDDEN]);
      for (var r = 0u; r < ROWS; r++) { sum[r] += w * spread(h[r], k); }
    }
  }
  return sum;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let unit = local.x;
  let row0 = group.x * ROWS;
  if (row0 >= params.rows) { return; } // groups are counted for 8 rows, whatever ROWS
  let end = min(row0 + ROWS, params.rows);
  let lanes = laneCount();
  let lane = laneIndex();
  for (var t = 0u; t < params.seqLen; t++) {
    // Gate by gate, so that few sums are live at a time; each thread takes its own gates up again.
    for (var gate = 0u; gate < params.gateCount; gate++) {
      let slope = select(1.0, 2.0, gate == 2u); // tanh(x) = 2 sigmoid(2 x) - 1: one activation to compile
      var sum = recurrent(t, row0, gate, unit, lane, lanes);
      for (var n = 0u; n < rowCount(params.once); n++) {
        let row = row0 + n;
        if (row < params.rows) {
          let b = bias[((row % params.biasRows) * 4u + gate) * THREADS + unit];
          let x = sum[next(n)] + preActivation(t, row, gate, unit) + b;
          gates[((t * params.rows + row) * 4u + gate) * THREADS + unit] = slope * sigmoid(slope * x) - (slope - 1.0);
        }
        moveUp(&sum);
      }
    }
    for (var row = row0; row < end; row++) {
      let at = t * params.rows + row;
      let i = gates[at * HIDDEN + unit];
      let f = gates[at * HIDDEN + THREADS + unit];
      let g = gates[at * HIDDEN + 2u * THREADS + unit];
      let o = gates[at * HIDDEN + 3u * THREADS + unit];
      var c = i * g;
      if (t > 0u) { c += f * cell[(at - params.rows) * THREADS + unit]; }
      cell[at * THREADS + unit] = c;
      hidden[at * THREADS + unit] = o * tanh(clamp(c, vec4f(-15.0), vec4f(15.0)));
    }
    storageBarrier(); // h_t is complete before the next position reads it
  }
}
