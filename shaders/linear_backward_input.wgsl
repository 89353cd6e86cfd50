// dX = dY W, dY [rows, outSize], W [outSize, inSize]; stored, or added where dX has been written before.
// A workgroup owns 16 rows x 64 inputs; how its threads share them is in linear_tile_coarse.wgsl and _fine.wgsl. Sizes that are no
// multiple of 4 go by scalars.
override VECTOR_Y: u32 = 1u; // outSize is a multiple of 4
override VECTOR_X: u32 = 1u; // inSize is a multiple of 4

struct Params { rows: u32, inSize: u32, outSize: u32, accumulate: u32, once: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dY: array<f32>;
@group(0) @binding(2) var<storage, read> dY4: array<vec4f>; // the same buffer as dY
@group(0) @binding(3) var<storage, read> weight: array<f32>;
@group(0) @binding(4) var<storage, read> weight4: array<vec4f>; // the same buffer as weight
@group(0) @binding(5) var<storage, read_write> dX: array<f32>;

fn loadRow(row: u32, k: u32) -> vec4f {
  let i = row * params.outSize + k;
  if (VECTOR_Y == 1u) { return dY4[i / 4u]; }
  var value = vec4f();
  for (var c = 0u; c < 4u; c++) { if (k + c < params.outSize) { value[c] = dY[i + c]; } }
  return value;
}

fn loadW(k: u32, column: u32) -> vec4f {
  let i = min(k, params.outSize - 1u) * params.inSize + column;
  if (VECTOR_X == 1u) { return weight4[i / 4u]; }
  return vec4f(weight[i], weight[i + 1u], weight[i + 2u], weight[i + 3u]);
}

fn loadBlock(k: u32, column: u32) -> mat4x4f {
  return mat4x4f(loadW(k, column), loadW(k + 1u, column), loadW(k + 2u, column), loadW(k + 3u, column));
}

fn store(row: u32, column: u32, sum: vec4f) {
  let i = row * params.inSize + column;
  let count = min(4u, params.inSize - min(column, params.inSize));
  if (params.accumulate == 1u) {
    for (var c = 0u; c < count; c++) { dX[i + c] += sum[c]; }
  } else {
    for (var c = 0u; c < count; c++) { dX[i + c] = sum[c]; }
  }
}

fn columns() -> u32 { return params.inSize; }
fn depth() -> u32 { return params.outSize; }
