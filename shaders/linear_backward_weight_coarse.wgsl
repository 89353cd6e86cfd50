// For few threads: 16 outputs x 4 inputs of dW each, over all rows. dY is read four columns at a time and handed round (spread.wgsl).
fn weightGradient(row: u32, column: u32) {
  let lanes = laneCount();
  let lane = laneIndex();
  var sum = array<vec4f, 16>();
  for (var n0 = params.rowShift; n0 < params.rows; n0 += lanes) {
    var d = array<vec4f, 4>(); // 16 outputs of a row, of another row in each lane
    for (var block = 0u; block < 4u; block++) { d[block] = loadY(min(n0 + lane, params.rows - 1u), row + block * 4u); }
    let count = min(lanes, params.rows - n0);
    for (var b = 0u; b < count; b++) {
      let input = loadX(n0 + b - params.rowShift, column);
      for (var block = 0u; block < 4u; block++) {
        let y = spread(d[block], b);
        for (var r = 0u; r < 4u; r++) { sum[block * 4u + r] += y[r] * input; }
      }
    }
  }
  let end = min(row + 16u, params.outSize);
  for (var n = row; n < end; n++) { // the first sum is stored and the others move up, so that none is indexed by n
    store(n, column, sum[0]);
    for (var r = 0u; r < 15u; r++) { sum[r] = sum[r + 1u]; }
  }
}

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  if (group.z > 0u) { return; }
  let row = group.y * 16u;
  let column = group.x * 64u + local.x * 4u;
  if (!allIdle(column >= params.inSize)) { weightGradient(row, column); } // past a narrow input there are no sums
  let output = row + local.x;
  if (params.bias == 1u && group.x == 0u && output < params.outSize) {
    var total = 0.0;
    for (var n = 0u; n < params.rows; n++) { total += dY[n * params.outSize + output]; }
    storeBias(output, total);
  }
}
