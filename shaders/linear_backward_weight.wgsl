// dW = dY^T X and db = sum over rows of dY; row n of dY meets row n - rowShift of X (none before 0: a recurrence's h_{t-1}).
// A workgroup owns 16 outputs x 64 inputs, a thread 16 x 4, and runs over all rows in order: the same bits each time.
// dY is read four columns at a time and handed round, X four columns at a time; sizes that are no multiple of 4 go by scalars.
override VECTOR_Y: u32 = 1u; // outSize is a multiple of 4
override VECTOR_X: u32 = 1u; // inSize is a multiple of 4

struct Params { rows: u32, inSize: u32, outSize: u32, rowShift: u32, bias: u32, accumulateWeight: u32, accumulateBias: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dY: array<f32>;
@group(0) @binding(2) var<storage, read> dY4: array<vec4f>; // the same buffer as dY
@group(0) @binding(3) var<storage, read> x: array<f32>;
@group(0) @binding(4) var<storage, read> x4: array<vec4f>; // the same buffer as x
@group(0) @binding(5) var<storage, read_write> dWeight: array<f32>;
@group(0) @binding(6) var<storage, read_write> dBias: array<f32>;

fn loadY(n: u32, column: u32) -> vec4f {
  let i = n * params.outSize + column;
  if (VECTOR_Y == 1u) { return dY4[i / 4u]; }
  return vec4f(dY[i], dY[i + 1u], dY[i + 2u], dY[i + 3u]);
}

fn loadX(n: u32, column: u32) -> vec4f {
  let i = n * params.inSize + column;
  if (VECTOR_X == 1u) { return x4[i / 4u]; }
  return vec4f(x[i], x[i + 1u], x[i + 2u], x[i + 3u]);
}

fn store(row: u32, column: u32, sum: vec4f) {
  let i = row * params.inSize + column;
  let count = min(4u, params.inSize - min(column, params.inSize));
  if (params.accumulateWeight == 1u) {
    for (var c = 0u; c < count; c++) { dWeight[i + c] += sum[c]; }
  } else {
    for (var c = 0u; c < count; c++) { dWeight[i + c] = sum[c]; }
  }
}

// 16 outputs x 4 inputs of dW.
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
  let row = group.y * 16u;
  let column = group.x * 64u + local.x * 4u;
  if (!allIdle(column >= params.inSize)) { weightGradient(row, column); } // past a narrow input there are no sums
  let output = row + local.x;
  if (params.bias == 1u && group.x == 0u && output < params.outSize) {
    var total = 0.0;
    for (var n = 0u; n < params.rows; n++) { total += dY[n * params.outSize + output]; }
    if (params.accumulateBias == 1u) { dBias[output] += total; } else { dBias[output] = total; }
  }
}
