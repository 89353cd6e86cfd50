// For few threads: a workgroup owns ROWS rows, a thread 4 hidden units of each (one vec4 a row), and dPre_{t+1} is handed round
// (spread.wgsl, rows_in_turn.wgsl).
@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let unit = local.x;
  let row0 = group.x * ROWS;
  if (row0 >= params.rows) { return; } // groups are counted for the fewest rows that one may own
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
      let gate = gatesOf(at, unit);
      let tanhC = tanhOf(cell[at * THREADS + unit]);
      let dH = dHidden[at * THREADS + unit] + sum[next(n)];
      let dC = dCell[next(n)] + dH * gate[3] * (1.0 - tanhC * tanhC);
      if (row < params.rows) { storePre(at, unit, throughGates(gate, cellBefore(t, at, unit), tanhC, dH, dC)); }
      moveUp(&sum);
      moveUp(&dCell);
      dCell[latest(n)] = dC * gate[1];
    }
    storageBarrier(); // dPre_t is complete before position t - 1 reads it
  }
}
