// dH_t += W_hh^T dPre_{t+1}; dC_t = f_{t+1} dC_{t+1} + dH_t o (1 - tanh^2 c_t); dPre = gradients through the activations.
// One dispatch, last position first: a workgroup owns some batch rows, and a weight that is read serves all of them. How its threads
// share them is in lstm_backward_coarse.wgsl and _fine.wgsl.
override HIDDEN: u32 = 64u; // a multiple of 4
override THREADS: u32 = 16u; // HIDDEN / 4

// `gateBlocks` is HIDDEN again, `once` 1: constants as loop bounds are unrolled by some drivers, at seconds of compile time.
struct Params { seqLen: u32, rows: u32, gateBlocks: u32, once: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dHidden: array<vec4f>;  // [seqLen, rows, H]
@group(0) @binding(2) var<storage, read> weightHh: array<vec4f>; // [4H, H]
@group(0) @binding(3) var<storage, read> cell: array<vec4f>;     // [seqLen, rows, H]
@group(0) @binding(4) var<storage, read> gates: array<vec4f>;    // [seqLen, rows, 4, H]
@group(0) @binding(5) var<storage, read_write> dPre: array<vec4f>; // [seqLen, rows, 4, H]

// i, f, g and o of four units of a row at a position, `at` = t rows + row.
fn gatesOf(at: u32, unit: u32) -> mat4x4f {
  return mat4x4f(
    gates[at * HIDDEN + unit], gates[at * HIDDEN + THREADS + unit],
    gates[at * HIDDEN + 2u * THREADS + unit], gates[at * HIDDEN + 3u * THREADS + unit]);
}

fn cellBefore(t: u32, at: u32, unit: u32) -> vec4f {
  if (t == 0u) { return vec4f(); }
  return cell[(at - params.rows) * THREADS + unit];
}

fn tanhOf(c: vec4f) -> vec4f { return tanh(clamp(c, vec4f(-15.0), vec4f(15.0))); }

// What the gates' own arguments get: dPre of i, f, g and o.
fn throughGates(gate: mat4x4f, before: vec4f, tanhC: vec4f, dH: vec4f, dC: vec4f) -> mat4x4f {
  let i = gate[0];
  let f = gate[1];
  let g = gate[2];
  let o = gate[3];
  return mat4x4f(
    dC * g * i * (1.0 - i), dC * before * f * (1.0 - f), dC * i * (1.0 - g * g), dH * tanhC * o * (1.0 - o));
}

fn storePre(at: u32, unit: u32, gradients: mat4x4f) {
  dPre[at * HIDDEN + unit] = gradients[0];
  dPre[at * HIDDEN + THREADS + unit] = gradients[1];
  dPre[at * HIDDEN + 2u * THREADS + unit] = gradients[2];
  dPre[at * HIDDEN + 3u * THREADS + unit] = gradients[3];
}
