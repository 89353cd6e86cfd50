// For many threads: four workgroups share 16 outputs x 64 inputs, 16 x 16 each. A thread adds up 4 outputs x 4 inputs over every 16th row;
// the sums of sixteen threads are then added up.
const SHARES = 16u;
const AHEAD = 2u; // rows that are read before they are used

var<workgroup> sums: array<vec4f, 4u * 16u * (SHARES - 1u)>; // [share, thread, output]
var<workgroup> totals: array<vec4f, 4u * (SHARES - 1u)>;     // [share, four outputs]: of dY alone

@compute @workgroup_size(4, 4, SHARES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let column = group.x * 64u + group.z * 16u + local.x * 4u;
  let row = group.y * 16u + local.y * 4u;
  var sum = array<vec4f, 4>();
  var total = vec4f();
  if (column < params.inSize && row < params.outSize) {
    for (var n0 = local.z; n0 < params.rows; n0 += SHARES * AHEAD) {
      var d = array<vec4f, AHEAD>();
      var input = array<vec4f, AHEAD>();
      for (var k = 0u; k < AHEAD; k++) {
        let n = n0 + k * SHARES;
        if (n < params.rows) { d[k] = loadY(n, row); }
        if (n < params.rows && n >= params.rowShift) { input[k] = loadX(n - params.rowShift, column); }
      }
      for (var k = 0u; k < AHEAD; k++) {
        for (var r = 0u; r < 4u; r++) { sum[r] += d[k][r] * input[k]; }
        total += d[k];
      }
    }
  }
  let thread = local.y * 4u + local.x;
  if (local.z > 0u) {
    let share = local.z - 1u;
    for (var r = 0u; r < 4u; r++) { sums[(share * 16u + thread) * 4u + r] = sum[r]; }
    if (local.x == 0u) { totals[share * 4u + local.y] = total; }
  }
  workgroupBarrier();
  if (local.z > 0u) { return; }
  for (var share = 0u; share < SHARES - 1u; share++) {
    for (var r = 0u; r < 4u; r++) { sum[r] += sums[(share * 16u + thread) * 4u + r]; }
    total += totals[share * 4u + local.y];
  }
  for (var r = 0u; r < 4u; r++) {
    if (row + r >= params.outSize) { break; }
    store(row + r, column, sum[r]);
    if (params.bias == 1u && column == 0u) { storeBias(row + r, total[r]); }
  }
}
