// x_t = mu(h_t) + sigma(h_t) eps_t, log sigma = low + range sigmoid(raw); h_t from token_{t-1}, x_{t-1} fed back (or mu alone).
// Free-running generation in one dispatch. A workgroup owns 4 series, a thread one hidden unit of all 4.
override HIDDEN: u32 = 64u;
override FEATURES: u32 = 1u;

// addNoise 0: the series is the means; feedNoise 0: only mu is fed back. `features` and `hiddenSize` repeat the constants:
// constants as loop bounds are unrolled by some drivers, at seconds of compile time. Both biases may be one a row.
struct Params {
  seqLen: u32, hiddenSize: u32, features: u32, rows: u32, biasRows: u32, headBiasRows: u32, addNoise: u32, feedNoise: u32,
  logSigmaLow: f32, logSigmaRange: f32
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> first: array<f32>;   // [rows, 4H]: W_ih W_z z, no bias
@group(0) @binding(2) var<storage, read> weight: array<f32>; // [H, 4H]: W_hh transposed
@group(0) @binding(3) var<storage, read> bias: array<f32>;    // [biasRows, 4H]: b_ih + b_hh
@group(0) @binding(4) var<storage, read> weightInput: array<f32>; // [4H, D]: W_ih W_x
@group(0) @binding(5) var<storage, read> headWeight: array<f32>;  // [2D, H], means first
@group(0) @binding(6) var<storage, read> headBias: array<f32>;    // [headBiasRows, 2D]
@group(0) @binding(7) var<storage, read> noise: array<f32>;   // [seqLen, rows, D]
@group(0) @binding(8) var<storage, read_write> x: array<f32>; // [seqLen, rows, D]

var<workgroup> state: array<vec4f, HIDDEN>;   // h_t
var<workgroup> fed: array<vec4f, FEATURES>;   // what is fed back at position t

fn loadFirst(row: u32, column: u32) -> vec4f {
  var value: vec4f;
  for (var r = 0u; r < 4u; r++) { value[r] = first[min(row + r, params.rows - 1u) * 4u * HIDDEN + column]; }
  return value;
}

fn loadBias(row: u32, column: u32) -> vec4f {
  var value: vec4f;
  for (var r = 0u; r < 4u; r++) { value[r] = bias[((row + r) % params.biasRows) * 4u * HIDDEN + column]; }
  return value;
}

fn loadHeadBias(row: u32, output: u32) -> vec4f {
  var value: vec4f;
  for (var r = 0u; r < 4u; r++) { value[r] = headBias[((row + r) % params.headBiasRows) * 2u * FEATURES + output]; }
  return value;
}

// Emits position t: feature d of four series, drawn, stored, and left in `fed`.
fn emit(t: u32, row: u32, d: u32) {
  var mean = loadHeadBias(row, d);
  var raw = loadHeadBias(row, FEATURES + d);
  for (var k = 0u; k < params.hiddenSize; k++) {
    mean += headWeight[d * HIDDEN + k] * state[k];
    raw += headWeight[(FEATURES + d) * HIDDEN + k] * state[k];
  }
  let sigma = exp(params.logSigmaLow + params.logSigmaRange * sigmoid(raw));
  var value = mean;
  for (var r = 0u; r < 4u; r++) {
    if (row + r >= params.rows) { break; }
    let i = (t * params.rows + row + r) * FEATURES + d;
    if (params.addNoise == 1u) { value[r] += sigma[r] * noise[i]; }
    x[i] = value[r];
  }
  fed[d] = select(mean, value, params.feedNoise == 1u);
}

@compute @workgroup_size(HIDDEN)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let j = local.x;
  let row = group.x * 4u;
  var c = vec4f();
  for (var t = 0u; t < params.seqLen; t++) {
    var sum = mat4x4f();
    for (var gate = 0u; gate < 4u; gate++) {
      let column = gate * HIDDEN + j;
      var value = loadBias(row, column);
      if (t == 0u) {
        value += loadFirst(row, column);
      } else {
        for (var d = 0u; d < params.features; d++) { value += weightInput[column * FEATURES + d] * fed[d]; }
      }
      sum[gate] = value;
    }
    if (t > 0u) {
      for (var k = 0u; k < params.hiddenSize; k++) {
        let at = k * 4u * HIDDEN + j;
        let w = vec4f(weight[at], weight[at + HIDDEN], weight[at + 2u * HIDDEN], weight[at + 3u * HIDDEN]);
        let h = state[k];
        sum += mat4x4f(h * w.x, h * w.y, h * w.z, h * w.w);
      }
    }
    c = sigmoid(sum[1]) * c + sigmoid(sum[0]) * tanhSafe(sum[2]);
    let h = sigmoid(sum[3]) * tanhSafe(c);
    workgroupBarrier();
    state[j] = h;
    workgroupBarrier();
    for (var d = j; d < params.features; d += HIDDEN) { emit(t, row, d); }
    workgroupBarrier();
  }
}
