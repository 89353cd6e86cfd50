// dW = dY^T X and db = sum over rows of dY; row n of dY meets row n - rowShift of X (none before 0: a recurrence's h_{t-1}).
// A workgroup owns a 32 x 32 tile of dW, a thread 4 x 4 of it, and runs over all rows in order: the same bits each time.
struct Params { rows: u32, inSize: u32, outSize: u32, rowShift: u32, accumulateWeight: u32, accumulateBias: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dY: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> dWeight: array<f32>;
@group(0) @binding(4) var<storage, read_write> dBias: array<f32>;

override BIAS: u32 = 1u;
var<workgroup> tileY: array<vec4f, 128>; // [16 rows][8 blocks of 4 outputs]
var<workgroup> tileX: array<vec4f, 128>; // [16 rows][8 blocks of 4 inputs]

fn loadY(n: u32, column: u32) -> f32 {
  if (n >= params.rows || column >= params.outSize) { return 0.0; }
  return dY[n * params.outSize + column];
}

fn loadX(n: u32, column: u32) -> f32 {
  if (n < params.rowShift || n >= params.rows || column >= params.inSize) { return 0.0; }
  return x[(n - params.rowShift) * params.inSize + column];
}

fn store(row: u32, column: u32, sum: f32) {
  if (row >= params.outSize || column >= params.inSize) { return; }
  let i = row * params.inSize + column;
  if (params.accumulateWeight == 1u) { dWeight[i] += sum; } else { dWeight[i] = sum; }
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
  var biasSum = vec4f();
  for (var n0 = 0u; n0 < params.rows; n0 += 16u) {
    for (var task = thread; task < 128u; task += 64u) {
      let n = n0 + task / 8u;
      let r = row0 + (task % 8u) * 4u;
      let c = column0 + (task % 8u) * 4u;
      tileY[task] = vec4f(loadY(n, r), loadY(n, r + 1u), loadY(n, r + 2u), loadY(n, r + 3u));
      tileX[task] = vec4f(loadX(n, c), loadX(n, c + 1u), loadX(n, c + 2u), loadX(n, c + 3u));
    }
    workgroupBarrier();
    for (var n = 0u; n < 16u; n++) {
      let a = tileY[n * 8u + local.y];
      let b = tileX[n * 8u + local.x];
      sum0 += a.x * b;
      sum1 += a.y * b;
      sum2 += a.z * b;
      sum3 += a.w * b;
      biasSum += a;
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
    if (BIAS == 1u && group.x == 0u && local.x == 0u && row + c < params.outSize) {
      if (params.accumulateBias == 1u) { dBias[row + c] += biasSum[c]; } else { dBias[row + c] = biasSum[c]; }
    }
  }
}
