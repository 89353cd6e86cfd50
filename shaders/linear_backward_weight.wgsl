// dW = dY^T X and db = sum over rows of dY; row n of dY meets row n - rowShift of X (none before 0: a recurrence's h_{t-1}).
// A workgroup owns 16 outputs x 64 inputs and adds up the rows in a fixed order: the same bits each time. How its threads share them
// is in linear_backward_weight_coarse.wgsl and _fine.wgsl. Sizes that are no multiple of 4 go by scalars.
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

fn storeBias(output: u32, total: f32) {
  if (params.accumulateBias == 1u) { dBias[output] += total; } else { dBias[output] = total; }
}
