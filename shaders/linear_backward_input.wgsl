// dX = dY W, dY [rows, outSize], W [outSize, inSize]; stored, or added where dX has been written before.
// A workgroup owns a 32 x 32 tile of dX, a thread 4 x 4 of it.
struct Params { rows: u32, inSize: u32, outSize: u32, accumulate: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dY: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> dX: array<f32>;

var<workgroup> tileY: array<vec4f, 128>; // [16 outputs][8 blocks of 4 rows]
var<workgroup> tileW: array<vec4f, 128>; // [16 outputs][8 blocks of 4 inputs]

fn loadY(row: u32, k: u32) -> f32 {
  if (row >= params.rows || k >= params.outSize) { return 0.0; }
  return dY[row * params.outSize + k];
}

fn loadW(k: u32, column: u32) -> f32 {
  if (k >= params.outSize || column >= params.inSize) { return 0.0; }
  return weight[k * params.inSize + column];
}

fn store(row: u32, column: u32, sum: f32) {
  if (row >= params.rows || column >= params.inSize) { return; }
  let i = row * params.inSize + column;
  if (params.accumulate == 1u) { dX[i] += sum; } else { dX[i] = sum; }
}

@compute @workgroup_size(8, 8)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let thread = local.y * 8u + local.x;
  let row0 = group.y * 32u;
  let column0 = group.x * 32u;
  var sum0 = vec4f();
  var sum1 = vec4f();
  var sum2 = vec4f();
  var sum3 = vec4f();
  for (var k0 = 0u; k0 < params.outSize; k0 += 16u) {
    for (var task = thread; task < 128u; task += 64u) {
      let k = task % 16u;
      let r = row0 + (task / 16u) * 4u;
      tileY[k * 8u + task / 16u] =
        vec4f(loadY(r, k0 + k), loadY(r + 1u, k0 + k), loadY(r + 2u, k0 + k), loadY(r + 3u, k0 + k));
      let c = column0 + (task % 8u) * 4u;
      let kw = k0 + task / 8u;
      tileW[task] = vec4f(loadW(kw, c), loadW(kw, c + 1u), loadW(kw, c + 2u), loadW(kw, c + 3u));
    }
    workgroupBarrier();
    for (var k = 0u; k < 16u; k++) {
      let a = tileY[k * 8u + local.y];
      let b = tileW[k * 8u + local.x];
      sum0 += a.x * b;
      sum1 += a.y * b;
      sum2 += a.z * b;
      sum3 += a.w * b;
    }
    workgroupBarrier();
  }
  let row = row0 + local.y * 4u;
  let column = column0 + local.x * 4u;
  for (var c = 0u; c < 4u; c++) {
    store(row, column + c, sum0[c]);
    store(row + 1u, column + c, sum1[c]);
    store(row + 2u, column + c, sum2[c]);
    store(row + 3u, column + c, sum3[c]);
  }
}
