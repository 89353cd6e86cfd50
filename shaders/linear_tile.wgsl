// A thread's ROWS x 4 of a product A B: A's rows are read four columns at a time, other ones in each lane, and handed round
// (spread.wgsl, rows_in_turn.wgsl). The kernels declare `params`, `loadRow(row, k)`, A[row, k..k+3] with zeros past the last column,
// `loadBlock(k, column)`, four rows of B from k on by four columns, and `store(row, column, sum)`, four columns of a row.

// Tiles of rows go along y, and along z too once y is full.
fn firstRow(group: vec3u, groups: vec3u) -> u32 { return (group.y + group.z * groups.y) * ROWS; }

fn tileProduct(row: u32, column: u32, size: u32) { // size: columns of A
  let lanes = laneCount();
  let lane = laneIndex();
  let blocks = (size + 3u) / 4u;
  var sum = array<vec4f, ROWS>();
  for (var k0 = 0u; k0 < blocks; k0 += lanes) {
    var v = array<vec4f, ROWS>(); // four values of each row, other ones in each lane
    for (var n = 0u; n < rowCount(params.once); n++) {
      moveUp(&v);
      v[latest(n)] = loadRow(min(row + n, params.rows - 1u), 4u * min(k0 + lane, blocks - 1u));
    }
    let count = min(lanes, blocks - k0);
    for (var b = 0u; b < count; b++) {
      let w = loadBlock(4u * (k0 + b), column);
      for (var r = 0u; r < ROWS; r++) { sum[r] += w * spread(v[r], b); }
    }
  }
  for (var n = 0u; n < rowCount(params.once); n++) {
    if (row + n < params.rows) { store(row + n, column, sum[next(n)]); }
    moveUp(&sum);
  }
}
