// For many threads (lstm_exchange.wgsl): each takes one gate of all rows, then all gates of one row. Exchanged are the gates, and h_{t-1} in
// the place of the first.

// Four units' share in one gate of four units.
fn weights(gate: u32, k: u32, unit: u32) -> mat4x4f {
  let at = (k * 16u + gate) * THREADS + unit;
  return mat4x4f(weight[at], weight[at + HIDDEN], weight[at + 2u * HIDDEN], weight[at + 3u * HIDDEN]);
}

@compute @workgroup_size(THREADS, 4)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let unit = local.x;
  let mine = local.y; // its gate, and then its row
  let row0 = group.x * 4u;
  let row = row0 + mine;
  var c = vec4f();
  for (var t = 0u; t < params.seqLen; t++) {
    var input = array<vec4f, 4>();
    for (var r = 0u; r < 4u; r++) {
      let other = min(row0 + r, params.rows - 1u);
      input[r] = preActivation(t, other, mine, unit) + bias[((other % params.biasRows) * 4u + mine) * THREADS + unit];
    }
    var sum = array<vec4f, 4>();
    for (var k0 = 0u; k0 < params.blocks && t > 0u; k0 += AHEAD) {
      var w = array<mat4x4f, AHEAD>();
      for (var k = 0u; k < AHEAD; k++) { w[k] = weights(mine, min(k0 + k, THREADS - 1u), unit); }
      for (var k = 0u; k < AHEAD; k++) {
        if (k0 + k < THREADS) {
          for (var r = 0u; r < 4u; r++) { sum[r] += w[k] * exchanged[place(0u, r, k0 + k)]; }
        }
      }
    }
    workgroupBarrier(); // h_{t-1} has been read
    for (var r = 0u; r < 4u; r++) { exchanged[place(mine, r, unit)] = activation(mine, sum[r] + input[r]); }
    workgroupBarrier(); // the gates are complete
    let i = exchanged[place(0u, mine, unit)];
    let f = exchanged[place(1u, mine, unit)];
    let g = exchanged[place(2u, mine, unit)];
    let o = exchanged[place(3u, mine, unit)];
    c = f * c + i * g;
    let h = o * tanh(clamp(c, vec4f(-15.0), vec4f(15.0)));
    exchanged[place(0u, mine, unit)] = h; // no other thread reads its gates
    if (row < params.rows) {
      let at = t * params.rows + row;
      gates[at * HIDDEN + unit] = i;
      gates[at * HIDDEN + THREADS + unit] = f;
      gates[at * HIDDEN + 2u * THREADS + unit] = g;
      gates[at * HIDDEN + 3u * THREADS + unit] = o;
      cell[at * THREADS + unit] = c;
      hidden[at * THREADS + unit] = h;
    }
    workgroupBarrier(); // h_t is complete before the next position reads it
  }
}
