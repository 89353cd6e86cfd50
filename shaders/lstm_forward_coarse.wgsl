// For few threads: a workgroup owns ROWS rows, a thread 4 hidden units of each (one vec4 a row), and h_{t-1} is handed round
// (spread.wgsl, rows_in_turn.wgsl).

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
  if (row0 >= params.rows) { return; } // groups are counted for the fewest rows that one may own
  let end = min(row0 + ROWS, params.rows);
  let lanes = laneCount();
  let lane = laneIndex();
  for (var t = 0u; t < params.seqLen; t++) {
    // Gate by gate, so that few sums are live at a time; each thread takes its own gates up again.
    for (var gate = 0u; gate < params.gateCount; gate++) {
      var sum = recurrent(t, row0, gate, unit, lane, lanes);
      for (var n = 0u; n < rowCount(params.once); n++) {
        let row = row0 + n;
        if (row < params.rows) {
          let b = bias[((row % params.biasRows) * 4u + gate) * THREADS + unit];
          let x = sum[next(n)] + preActivation(t, row, gate, unit) + b;
          gates[((t * params.rows + row) * 4u + gate) * THREADS + unit] = activation(gate, x);
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
