// dH_t += W_hh^T dPre_{t+1}; dC_t = f_{t+1} dC_{t+1} + dH_t o (1 - tanh^2 c_t); dPre = gradients through the activations.
// One dispatch, last position first. A workgroup owns ROWS batch rows (see kernels/lstm.ts), a thread 4
// hidden units of each (one vec4 a row).
override HIDDEN: u32 = 64u; // a multiple of 4
override THREADS: u32 = 16u; // HIDDEN / 4

// `gateBlocks` is HIDDEN again, `once` 1: constants as loop bounds are unrolled by some drivers, at seconds of compile time.
struct Params { seqLen: u32, rows: u32, gateBlocks: u32, once: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dHidden: array<vec4f>;  // [seqLen, rows, H]
@group(0) @binding(2) var<storage, read> weightHh: array<vec4f>; // [4H, H]
@group(0) @binding(3) var<storage, read> cell: array<vec4f>;     // [seqLen, rows, H]
@group(0) @binding(4) var<storage, read> gates: array<vec4f>;    // [seqLen, rows, 4, H]
@group(0) @binding(5) var<storage, read_write> dPre: array<vec4f>; // [seqLen, rows, 4, H]

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let unit = local.x;
  let row0 = group.x * ROWS;
  if (row0 >= params.rows) { return; } // groups are counted for 8 rows, whatever ROWS
  let lanes = laneCount();
  let lane = laneIndex();
  var dCell = array<vec4f, ROWS>(); // f_{t+1} dC_{t+1} of each row
  for (var s = 1u; s <= params.seqLen; s++) {
    let t = params.seqLen - s;
    var sum = array<vec4f, ROWS>(); // W_hh^T dPre_{t+1} of each row
    if (s > 1u) {
      for (var k0 = 0u; k0 < params.gateBlocks; k0 += lanes) {
        var d = array<vec4f, ROWS>(); // four values of dPre_{t+1} of each row, other ones in each lane
        for (var n = 0u; n < rowCount(params.once); n++) {
          moveUp(&d);
          let row = (t + 1u) * params.rows + min(row0 + n, params.rows - 1u);
          d[latest(n)] = dPre[row * HIDDEN + min(k0 + lane, HIDDEN - 1u)];
        }
        let count = min(lanes, params.gateBlocks - k0);
        for (var k = 0u; k < count; k++) { // four rows of W_hh at a time
          let at = 4u * (k0 + k) * THREADS + unit;
          let w = mat4x4f(weightHh[at], weightHh[at + THREADS], weightHh[at + 2u * THREADS], weightHh[at + 3u * THREADS]);
          for (var r = 0u; r < ROWS; r++) { sum[r] += w * spread(d[r], k); }
        }
      }
    }
    for (var n = 0u; n < rowCount(params.once); n++) {
      let row = row0 + n;
      let at = t * params.rows + min(row, params.rows - 1u);
      let i = gates[at * HIDDEN + unit];
      let f = gates[at * HIDDEN + THREADS + unit];
      let g = gates[at * HIDDEN + 2u * THREADS + unit];
      let o = gates[at * HIDDEN + 3u * THREADS + unit];
      var before = vec4f();
      if (t > 0u) { before = cell[(at - params.rows) * THREADS + unit]; }
      let tanhC = tanh(clamp(cell[at * THREADS + unit], vec4f(-15.0), vec4f(15.0)));
      let dH = dHidden[at * THREADS + unit] + sum[next(n)];
      let dC = dCell[next(n)] + dH * o * (1.0 - tanhC * tanhC);
      if (row < params.rows) {
        dPre[at * HIDDEN + unit] = dC * g * i * (1.0 - i);
        dPre[at * HIDDEN + THREADS + unit] = dC * before * f * (1.0 - f);
        dPre[at * HIDDEN + 2u * THREADS + unit] = dC * i * (1.0 - g * g);
        dPre[at * HIDDEN + 3u * THREADS + unit] = dH * tanhC * o * (1.0 - o);
      }
      moveUp(&sum);
      moveUp(&dCell);
      dCell[latest(n)] = dC * f;
    }
    storageBarrier(); // dPre_t is complete before position t - 1 reads it
  }
}
