// (i, f, g, o) = (s, s, tanh, s)(pre_t + W_hh h_{t-1} + b), c_t = f c_{t-1} + i g, h_t = o tanh(c_t); h_{-1} = c_{-1} = 0.
// One dispatch for the whole sequence: a workgroup owns some batch rows, and a weight that is read serves all of them. How its
// threads share them is in lstm_forward_coarse.wgsl and _fine.wgsl.
override HIDDEN: u32 = 64u; // a multiple of 4
override THREADS: u32 = 16u; // HIDDEN / 4

// `blocks` is THREADS, `gateCount` 4, `once` 1: constants as loop bounds are unrolled by some drivers, at seconds of compile time.
// pre_0[row] = first[row]; pre_t[row] = rest[t - 1 + restShift, row mod restRows]: rows may share one input sequence.
// The bias is row r mod biasRows: one for all rows, or one a row, where an input is the same at every position.
struct Params {
  seqLen: u32, rows: u32, restRows: u32, restShift: u32, biasRows: u32, blocks: u32, gateCount: u32, once: u32
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> first: array<vec4f>;  // [rows, 4, H]
@group(0) @binding(2) var<storage, read> rest: array<vec4f>;   // [positions, restRows, 4, H]
@group(0) @binding(3) var<storage, read> weight: array<vec4f>; // [H, 4, H]: W_hh transposed
@group(0) @binding(4) var<storage, read> bias: array<vec4f>;   // [biasRows, 4, H]
@group(0) @binding(5) var<storage, read_write> hidden: array<vec4f>; // [seqLen, rows, H]
@group(0) @binding(6) var<storage, read_write> cell: array<vec4f>;   // [seqLen, rows, H]
@group(0) @binding(7) var<storage, read_write> gates: array<vec4f>;  // [seqLen, rows, 4, H]: i, f, g, o

fn preActivation(t: u32, row: u32, gate: u32, unit: u32) -> vec4f {
  if (t == 0u) { return first[(row * 4u + gate) * THREADS + unit]; }
  let at = (t - 1u + params.restShift) * params.restRows + row % params.restRows;
  return rest[(at * 4u + gate) * THREADS + unit];
}

// The activation of a gate; tanh(x) = 2 sigmoid(2 x) - 1: one to compile.
fn activation(gate: u32, x: vec4f) -> vec4f {
  let slope = select(1.0, 2.0, gate == 2u);
  return slope * sigmoid(slope * x) - (slope - 1.0);
}
