// distance[p, c] = part p of W_2^2 = integral over u of (F^-1(u) - G^-1(u))^2 between columns c of a and of b, both sorted: over
// the levels u of 64 values of a. Levels are counted in units of 1 / (countA countB): value i of a holds those from i countB on,
// value j of b those from j countA on, and a pair counts by the levels that both hold.
struct Params { countA: u32, countB: u32, columns: u32 } // countA countB is below 2^32
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>; // [countA, columns]
@group(0) @binding(2) var<storage, read> b: array<f32>; // [countB, columns]
@group(0) @binding(3) var<storage, read_write> distance: array<f32>; // [countA / 64 rounded up, columns]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  if (column >= params.columns) { return; }
  let n = params.countA;
  let m = params.countB;
  var sum = 0.0;
  for (var i = id.y * 64u; i < min((id.y + 1u) * 64u, n); i++) {
    let start = i * m;
    let end = start + m;
    for (var j = start / n; j < m && j * n < end; j++) {
      let levels = min(end, (j + 1u) * n) - max(start, j * n);
      let difference = a[i * params.columns + column] - b[j * params.columns + column];
      sum += f32(levels) / f32(m) * difference * difference;
    }
  }
  distance[id.y * params.columns + column] = sum / f32(n);
}
