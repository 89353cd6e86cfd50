// distances[i, j] = |points_i - points_j|^2 for i < j; points [count, blocks], distances [count, count], elsewhere of no meaning.
// The differences themselves are squared: |x|^2 + |y|^2 - 2 x y would lose the distance of points that lie close together far
// from the origin. A workgroup owns 16 rows x 64 columns, a thread 16 x 4; rows are read once and handed round.
struct Params { count: u32, blocks: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> points: array<vec4f>; // dimensions in blocks of four, zeros past the last one
@group(0) @binding(2) var<storage, read_write> distances: array<f32>;

fn load(point: u32, block: u32) -> vec4f { return points[min(point, params.count - 1u) * params.blocks + block]; }

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let row = group.y * 16u;
  let column = group.x * 64u + local.x * 4u;
  if (group.x * 64u + 63u <= row) { return; } // no pair with i < j
  if (allIdle(column >= params.count)) { return; } // past the last point; one with no work of its own helps to read
  let lanes = laneCount();
  let lane = laneIndex();
  var sum = array<vec4f, 16>();
  for (var k0 = 0u; k0 < params.blocks; k0 += lanes) {
    var v = array<vec4f, 16>(); // four dimensions of each row, other ones in each lane
    for (var r = 0u; r < 16u; r++) { v[r] = load(row + r, min(k0 + lane, params.blocks - 1u)); }
    let count = min(lanes, params.blocks - k0);
    for (var b = 0u; b < count; b++) {
      // Four points by four dimensions, turned so that one dimension of all four is one vector.
      let k = k0 + b;
      let w = transpose(mat4x4f(load(column, k), load(column + 1u, k), load(column + 2u, k), load(column + 3u, k)));
      for (var r = 0u; r < 16u; r++) {
        let x = spread(v[r], b);
        let d0 = w[0] - x.x;
        let d1 = w[1] - x.y;
        let d2 = w[2] - x.z;
        let d3 = w[3] - x.w;
        sum[r] += d0 * d0 + d1 * d1 + d2 * d2 + d3 * d3;
      }
    }
  }
  let end = min(row + 16u, params.count);
  let width = min(4u, params.count - min(column, params.count));
  for (var n = row; n < end; n++) { // the first sum is stored and the others move up, so that none is indexed by n
    for (var c = 0u; c < width; c++) { distances[n * params.count + column + c] = sum[0][c]; }
    for (var r = 0u; r < 15u; r++) { sum[r] = sum[r + 1u]; }
  }
}
