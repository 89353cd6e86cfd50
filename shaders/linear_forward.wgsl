// Y = act(X W^T + b) + residual, X [rows, inSize], W [outSize, inSize] (PyTorch's layout), act = none or SiLU.
// A workgroup owns 16 rows x 64 outputs; how its threads share them is in linear_tile_coarse.wgsl and _fine.wgsl. An inSize that is no
// multiple of 4 goes by scalars.
override VECTOR_X: u32 = 1u; // inSize is a multiple of 4

// Flags: with `silu` its argument is kept in `preActivation` for the backward pass.
struct Params { rows: u32, inSize: u32, outSize: u32, bias: u32, silu: u32, residual: u32, once: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> x4: array<vec4f>; // the same buffer as x
@group(0) @binding(3) var<storage, read> weight: array<f32>;
@group(0) @binding(4) var<storage, read> weight4: array<vec4f>; // the same buffer as weight
@group(0) @binding(5) var<storage, read> bias: array<f32>;
@group(0) @binding(6) var<storage, read> residual: array<f32>;
@group(0) @binding(7) var<storage, read_write> preActivation: array<f32>;
@group(0) @binding(8) var<storage, read_write> y: array<f32>;

fn loadRow(row: u32, k: u32) -> vec4f {
  let i = row * params.inSize + k;
  if (VECTOR_X == 1u) { return x4[i / 4u]; }
  var value = vec4f();
  for (var c = 0u; c < 4u; c++) { if (k + c < params.inSize) { value[c] = x[i + c]; } }
  return value;
}

fn loadW(output: u32, k: u32) -> vec4f {
  let i = min(output, params.outSize - 1u) * params.inSize + k;
  if (VECTOR_X == 1u) { return weight4[i / 4u]; }
  return vec4f(weight[i], weight[i + 1u], weight[i + 2u], weight[i + 3u]);
}

// Four outputs by four inputs, turned so that a column of W^T is one vector.
fn loadBlock(k: u32, output: u32) -> mat4x4f {
  return transpose(mat4x4f(loadW(output, k), loadW(output + 1u, k), loadW(output + 2u, k), loadW(output + 3u, k)));
}

// Four outputs of one row; the columns past the last are not written.
fn store(row: u32, column: u32, sum: vec4f) {
  let i = row * params.outSize + column;
  let count = min(4u, params.outSize - min(column, params.outSize));
  var value = sum;
  if (params.bias == 1u) { for (var c = 0u; c < count; c++) { value[c] += bias[column + c]; } }
  if (params.silu == 1u) {
    for (var c = 0u; c < count; c++) { preActivation[i + c] = value[c]; }
    value = value / (1.0 + exp(-max(value, vec4f(-80.0)))); // as silu_forward
  }
  if (params.residual == 1u) { for (var c = 0u; c < count; c++) { value[c] += residual[i + c]; } }
  for (var c = 0u; c < count; c++) { y[i + c] = value[c]; }
}

fn columns() -> u32 { return params.outSize; }
fn depth() -> u32 { return params.inSize; }
