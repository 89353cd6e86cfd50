// (i, f, g, o) = (s, s, tanh, s)(pre_t + W_hh h_{t-1} + b_hh), c_t = f c_{t-1} + i g, h_t = o tanh(c_t); h_{-1} = c_{-1} = 0.
// One dispatch for the whole sequence. A workgroup owns 8 batch rows, a thread one hidden unit of all 8, so that a weight
// read from memory is used 8 times; h_{t-1} lies in workgroup memory, c_t in registers.
override HIDDEN: u32 = 64u;

// pre_0[row] = first[row]; pre_t[row] = rest[t - 1 + restShift, row mod restRows]: rows may share one input sequence.
struct Params { seqLen: u32, rows: u32, restRows: u32, restShift: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> first: array<f32>;  // [rows, 4H]
@group(0) @binding(2) var<storage, read> rest: array<f32>;   // [positions, restRows, 4H]
@group(0) @binding(3) var<storage, read> packed: array<vec4f>; // [H, H]
@group(0) @binding(4) var<storage, read> biasHh: array<f32>; // [4H]
@group(0) @binding(5) var<storage, read_write> hidden: array<f32>; // [seqLen, rows, H]
@group(0) @binding(6) var<storage, read_write> cell: array<f32>;   // [seqLen, rows, H]
@group(0) @binding(7) var<storage, read_write> gates: array<f32>;  // [seqLen, rows, 4H]: i, f, g, o

var<workgroup> stateA: array<vec4f, HIDDEN>; // h_{t-1} of rows 0..3
var<workgroup> stateB: array<vec4f, HIDDEN>; // h_{t-1} of rows 4..7

fn sigmoid(v: vec4f) -> vec4f { return 1.0 / (1.0 + exp(-clamp(v, vec4f(-30.0), vec4f(30.0)))); }
fn tanhSafe(v: vec4f) -> vec4f { return tanh(clamp(v, vec4f(-15.0), vec4f(15.0))); }

// Pre-activations of one row: its four gates of unit j.
fn load(t: u32, row: u32, j: u32) -> vec4f {
  let r = min(row, params.rows - 1u);
  if (t == 0u) {
    let i = r * 4u * HIDDEN + j;
    return vec4f(first[i], first[i + HIDDEN], first[i + 2u * HIDDEN], first[i + 3u * HIDDEN]);
  }
  let i = ((t - 1u + params.restShift) * params.restRows + r % params.restRows) * 4u * HIDDEN + j;
  return vec4f(rest[i], rest[i + HIDDEN], rest[i + 2u * HIDDEN], rest[i + 3u * HIDDEN]);
}

fn store(t: u32, row: u32, j: u32, h: f32, c: f32, gate: vec4f) {
  if (row >= params.rows) { return; }
  let i = t * params.rows + row;
  hidden[i * HIDDEN + j] = h;
  cell[i * HIDDEN + j] = c;
  gates[i * 4u * HIDDEN + j] = gate.x;
  gates[i * 4u * HIDDEN + HIDDEN + j] = gate.y;
  gates[i * 4u * HIDDEN + 2u * HIDDEN + j] = gate.z;
  gates[i * 4u * HIDDEN + 3u * HIDDEN + j] = gate.w;
}

// Rows in, gates out, four rows at a time: column g of the result is gate g of rows 0..3.
fn loadRows(t: u32, row: u32, j: u32) -> mat4x4f {
  return transpose(mat4x4f(load(t, row, j), load(t, row + 1u, j), load(t, row + 2u, j), load(t, row + 3u, j)));
}

fn activate(sum: mat4x4f) -> mat4x4f {
  return mat4x4f(sigmoid(sum[0]), sigmoid(sum[1]), tanhSafe(sum[2]), sigmoid(sum[3]));
}

fn storeRows(t: u32, row: u32, j: u32, h: vec4f, c: vec4f, gate: mat4x4f) {
  let byRow = transpose(gate);
  store(t, row, j, h.x, c.x, byRow[0]);
  store(t, row + 1u, j, h.y, c.y, byRow[1]);
  store(t, row + 2u, j, h.z, c.z, byRow[2]);
  store(t, row + 3u, j, h.w, c.w, byRow[3]);
}

@compute @workgroup_size(HIDDEN)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let j = local.x;
  let row = group.x * 8u;
  let bias = vec4f(biasHh[j], biasHh[HIDDEN + j], biasHh[2u * HIDDEN + j], biasHh[3u * HIDDEN + j]);
  let biases = mat4x4f(vec4f(bias.x), vec4f(bias.y), vec4f(bias.z), vec4f(bias.w));
  var cA = vec4f();
  var cB = vec4f();
  stateA[j] = vec4f();
  stateB[j] = vec4f();
  workgroupBarrier();
  for (var t = 0u; t < params.seqLen; t++) {
    var sumA = loadRows(t, row, j) + biases;
    var sumB = loadRows(t, row + 4u, j) + biases;
    if (t > 0u) {
      for (var k = 0u; k < HIDDEN; k++) {
        let w = packed[k * HIDDEN + j];
        let hA = stateA[k];
        let hB = stateB[k];
        sumA += mat4x4f(hA * w.x, hA * w.y, hA * w.z, hA * w.w);
        sumB += mat4x4f(hB * w.x, hB * w.y, hB * w.z, hB * w.w);
      }
    }
    let gateA = activate(sumA);
    let gateB = activate(sumB);
    cA = gateA[1] * cA + gateA[0] * gateA[2];
    cB = gateB[1] * cB + gateB[0] * gateB[2];
    let hA = gateA[3] * tanhSafe(cA);
    let hB = gateB[3] * tanhSafe(cB);
    workgroupBarrier();
    stateA[j] = hA;
    stateB[j] = hB;
    workgroupBarrier();
    storeRows(t, row, j, hA, cA, gateA);
    storeRows(t, row + 4u, j, hB, cB, gateB);
  }
}
