// Y = act(X W^T + b) + residual, X [rows, inSize], W [outSize, inSize] (PyTorch's layout), act = none or SiLU.
// A workgroup owns a 32 x 32 tile of Y, a thread 4 x 4 of it; both operands pass through workgroup memory 16 columns at a time.
override SILU: u32 = 0u; // 1: apply SiLU, and keep its argument in `preActivation` for the backward pass
override BIAS: u32 = 1u;
override RESIDUAL: u32 = 0u;

struct Params { rows: u32, inSize: u32, outSize: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read> residual: array<f32>;
@group(0) @binding(5) var<storage, read_write> preActivation: array<f32>;
@group(0) @binding(6) var<storage, read_write> y: array<f32>;

var<workgroup> tileX: array<vec4f, 128>; // [16 columns][8 blocks of 4 rows]
var<workgroup> tileW: array<vec4f, 128>; // [16 columns][8 blocks of 4 outputs]

fn loadX(row: u32, k: u32) -> f32 {
  if (row >= params.rows || k >= params.inSize) { return 0.0; }
  return x[row * params.inSize + k];
}

fn loadW(row: u32, k: u32) -> f32 {
  if (row >= params.outSize || k >= params.inSize) { return 0.0; }
  return weight[row * params.inSize + k];
}

fn store(row: u32, column: u32, sum: f32) {
  if (row >= params.rows || column >= params.outSize) { return; }
  let i = row * params.outSize + column;
  var value = sum;
  if (BIAS == 1u) { value += bias[column]; }
  if (SILU == 1u) {
    preActivation[i] = value;
    value = value / (1.0 + exp(-value));
  }
  if (RESIDUAL == 1u) { value += residual[i]; }
  y[i] = value;
}

@compute @workgroup_size(8, 8)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let thread = local.y * 8u + local.x;
  let row0 = group.y * 32u;
  let column0 = group.x * 32u;
  var sum0 = vec4f(); // row 0 of the thread's tile, four columns
  var sum1 = vec4f();
  var sum2 = vec4f();
  var sum3 = vec4f();
  for (var k0 = 0u; k0 < params.inSize; k0 += 16u) {
    for (var task = thread; task < 128u; task += 64u) {
      let k = task % 16u;
      let block = task / 16u;
      let r = row0 + block * 4u;
      let c = column0 + block * 4u;
      tileX[k * 8u + block] = vec4f(loadX(r, k0 + k), loadX(r + 1u, k0 + k), loadX(r + 2u, k0 + k), loadX(r + 3u, k0 + k));
      tileW[k * 8u + block] = vec4f(loadW(c, k0 + k), loadW(c + 1u, k0 + k), loadW(c + 2u, k0 + k), loadW(c + 3u, k0 + k));
    }
    workgroupBarrier();
    for (var k = 0u; k < 16u; k++) {
      let a = tileX[k * 8u + local.y];
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
