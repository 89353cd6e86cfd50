// A product A B for few threads: 16 x 4 of it each, of the 16 x 64 of their workgroup. A's rows are read four columns at a time, other
// ones in each lane, and handed round (spread.wgsl, rows_in_turn.wgsl). What the kernels declare: see linear_tile_fine.wgsl.
@compute @workgroup_size(16)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let row = 16u * (group.y + group.z * groups.y);
  let column = group.x * 64u + local.x * 4u;
  if (allIdle(column >= columns())) { return; } // past a narrow product; one with no work of its own helps to read
  let lanes = laneCount();
  let lane = laneIndex();
  let blocks = (depth() + 3u) / 4u;
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
