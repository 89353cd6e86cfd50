// A product A B for many threads: 4 x 4 of it each, of the 16 x 64 of their workgroup. They read 32 columns of A and as many rows of B at
// once, and then take them from each other. The kernels declare `params`, `columns()` of the product, its `depth()`, the columns of A,
// `loadRow(row, k)`, A[row, k..k+3] with zeros past the last column, `loadBlock(k, column)`, four rows of B from k on by four columns,
// and `store(row, column, sum)`, four columns of a row. Tiles go along y, and along z too once y is full.
const STRIDE = 9u; // 8 blocks of four columns, and one so that rows lie in other banks

var<workgroup> a: array<vec4f, 16u * STRIDE>; // [row, block]
var<workgroup> b: array<vec4f, 32u * 16u>;    // [k, four columns]

@compute @workgroup_size(16, 4)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let row0 = 16u * (group.y + group.z * groups.y);
  let row = local.y * 4u;
  let thread = local.y * 16u + local.x;
  let blocks = (depth() + 3u) / 4u;
  var sum = array<vec4f, 4>();
  for (var k0 = 0u; k0 < blocks; k0 += 8u) {
    let block = thread % 8u; // those who read together read along a row
    if (k0 + block < blocks) {
      for (var n = thread / 8u; n < 16u; n += 8u) {
        a[n * STRIDE + block] = loadRow(min(row0 + n, params.rows - 1u), 4u * (k0 + block));
        let w = loadBlock(4u * (k0 + block), group.x * 64u + n * 4u);
        for (var r = 0u; r < 4u; r++) { b[(4u * block + r) * 16u + n] = w[r]; }
      }
    }
    workgroupBarrier();
    let count = min(8u, blocks - k0);
    for (var k = 0u; k < count; k++) {
      let at = 64u * k + local.x;
      let w = mat4x4f(b[at], b[at + 16u], b[at + 32u], b[at + 48u]);
      for (var r = 0u; r < 4u; r++) { sum[r] += w * a[(row + r) * STRIDE + k]; }
    }
    workgroupBarrier();
  }
  let column = group.x * 64u + local.x * 4u;
  for (var r = 0u; r < 4u; r++) {
    if (row0 + row + r < params.rows) { store(row0 + row + r, column, sum[r]); }
  }
}
