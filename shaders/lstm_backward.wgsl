// dH_t += W_hh^T dGates_{t+1}; dC_t = f_{t+1} dC_{t+1} + dH_t o (1 - tanh^2 c_t); dPre = dGates through the activations.
// One dispatch, last position first. A workgroup owns 8 batch rows, a thread one hidden unit of all 8.
override HIDDEN: u32 = 64u;

struct Params { seqLen: u32, rows: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dHidden: array<f32>;  // [seqLen, rows, H]
@group(0) @binding(2) var<storage, read> weightHh: array<f32>; // [4H, H]
@group(0) @binding(3) var<storage, read> cell: array<f32>;     // [seqLen, rows, H]
@group(0) @binding(4) var<storage, read> gates: array<f32>;    // [seqLen, rows, 4H]
@group(0) @binding(5) var<storage, read_write> dPre: array<f32>; // [seqLen, rows, 4H]

var<workgroup> stateA: array<vec4f, 4 * HIDDEN>; // dPre_t of rows 0..3, all four gates
var<workgroup> stateB: array<vec4f, 4 * HIDDEN>; // dPre_t of rows 4..7

fn loadUnit(isCell: bool, t: u32, row: u32, j: u32) -> vec4f {
  var value: vec4f;
  for (var r = 0u; r < 4u; r++) {
    let i = (t * params.rows + min(row + r, params.rows - 1u)) * HIDDEN + j;
    if (isCell) { value[r] = cell[i]; } else { value[r] = dHidden[i]; }
  }
  return value;
}

fn loadGate(t: u32, row: u32, column: u32) -> vec4f {
  let last = params.rows - 1u;
  let base = t * params.rows;
  return vec4f(
    gates[(base + min(row, last)) * 4u * HIDDEN + column], gates[(base + min(row + 1u, last)) * 4u * HIDDEN + column],
    gates[(base + min(row + 2u, last)) * 4u * HIDDEN + column], gates[(base + min(row + 3u, last)) * 4u * HIDDEN + column]);
}

fn store(t: u32, row: u32, column: u32, value: vec4f) {
  for (var r = 0u; r < 4u; r++) {
    if (row + r < params.rows) { dPre[(t * params.rows + row + r) * 4u * HIDDEN + column] = value[r]; }
  }
}

struct Cell { dGates: mat4x4f, dC: vec4f } // dPre by gate, and what flows on to c_{t-1}

fn cellBackward(t: u32, row: u32, j: u32, recurrent: vec4f, dCNext: vec4f) -> Cell {
  let i = loadGate(t, row, j);
  let f = loadGate(t, row, HIDDEN + j);
  let g = loadGate(t, row, 2u * HIDDEN + j);
  let o = loadGate(t, row, 3u * HIDDEN + j);
  var before = vec4f();
  if (t > 0u) { before = loadUnit(true, t - 1u, row, j); }
  let tanhC = tanh(clamp(loadUnit(true, t, row, j), vec4f(-15.0), vec4f(15.0)));
  let dH = loadUnit(false, t, row, j) + recurrent;
  let dC = dCNext + dH * o * (1.0 - tanhC * tanhC);
  return Cell(
    mat4x4f(dC * g * i * (1.0 - i), dC * before * f * (1.0 - f), dC * i * (1.0 - g * g), dH * tanhC * o * (1.0 - o)),
    dC * f);
}

@compute @workgroup_size(HIDDEN)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let j = local.x;
  let row = group.x * 8u;
  var recurrentA = vec4f();
  var recurrentB = vec4f();
  var dCA = vec4f();
  var dCB = vec4f();
  for (var s = 1u; s <= params.seqLen; s++) {
    let t = params.seqLen - s;
    let a = cellBackward(t, row, j, recurrentA, dCA);
    let b = cellBackward(t, row + 4u, j, recurrentB, dCB);
    dCA = a.dC;
    dCB = b.dC;
    for (var gate = 0u; gate < 4u; gate++) {
      store(t, row, gate * HIDDEN + j, a.dGates[gate]);
      store(t, row + 4u, gate * HIDDEN + j, b.dGates[gate]);
      stateA[gate * HIDDEN + j] = a.dGates[gate];
      stateB[gate * HIDDEN + j] = b.dGates[gate];
    }
    workgroupBarrier();
    recurrentA = vec4f();
    recurrentB = vec4f();
    if (t > 0u) {
      for (var k = 0u; k < 4u * HIDDEN; k++) {
        let w = weightHh[k * HIDDEN + j];
        recurrentA += stateA[k] * w;
        recurrentB += stateB[k] * w;
      }
    }
    workgroupBarrier();
  }
}
