// For many threads (lstm_exchange.wgsl): each takes what one gate sends back to all rows, then all of one row. Exchanged are dPre_{t+1} of the
// gates, then what each sends back.

// What four units of a gate send back to four units: four rows of W_hh.
fn weights(gate: u32, k: u32, unit: u32) -> mat4x4f {
  let at = 4u * (gate * THREADS + k) * THREADS + unit;
  return mat4x4f(weightHh[at], weightHh[at + THREADS], weightHh[at + 2u * THREADS], weightHh[at + 3u * THREADS]);
}

@compute @workgroup_size(THREADS, 4)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let unit = local.x;
  let mine = local.y; // its gate, and then its row
  let row = group.x * 4u + mine;
  let units = params.gateBlocks / 4u;
  var dCell = vec4f(); // f_{t+1} dC_{t+1}
  for (var s = 1u; s <= params.seqLen; s++) {
    let t = params.seqLen - s;
    let at = t * params.rows + min(row, params.rows - 1u);
    let gate = gatesOf(at, unit);
    let before = cellBefore(t, at, unit);
    let c = cell[at * THREADS + unit];
    var dH = dHidden[at * THREADS + unit];
    if (s > 1u) {
      var sum = array<vec4f, 4>();
      for (var k0 = 0u; k0 < units; k0 += AHEAD) {
        var w = array<mat4x4f, AHEAD>();
        for (var k = 0u; k < AHEAD; k++) { w[k] = weights(mine, min(k0 + k, THREADS - 1u), unit); }
        for (var k = 0u; k < AHEAD; k++) {
          if (k0 + k < THREADS) {
            for (var r = 0u; r < 4u; r++) { sum[r] += w[k] * exchanged[place(mine, r, k0 + k)]; }
          }
        }
      }
      workgroupBarrier(); // dPre_{t+1} has been read
      for (var r = 0u; r < 4u; r++) { exchanged[place(mine, r, unit)] = sum[r]; }
      workgroupBarrier(); // what the gates send back is complete
      for (var other = 0u; other < 4u; other++) { dH += exchanged[place(other, mine, unit)]; }
    }
    let tanhC = tanhOf(c);
    let dC = dCell + dH * gate[3] * (1.0 - tanhC * tanhC);
    let gradients = throughGates(gate, before, tanhC, dH, dC);
    if (row < params.rows) { storePre(at, unit, gradients); }
    for (var other = 0u; other < 4u; other++) { exchanged[place(other, mine, unit)] = gradients[other]; } // no other thread reads these sums
    dCell = dC * gate[1];
    workgroupBarrier(); // dPre_t is complete before position t - 1 reads it
  }
}
