// dWeight = sum over rows of dY (x - mean) rstd, dBias = sum over rows of dY
// A workgroup owns four columns; its threads share the rows, and their sums are added in a fixed order: the same bits each time.
struct Params { rows: u32, blocks: u32, accumulateWeight: u32, accumulateBias: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;  // [rows, width]
@group(0) @binding(2) var<storage, read> dY: array<vec4f>; // [rows, width]
@group(0) @binding(3) var<storage, read> statistics: array<vec2f>; // [rows, 2]: mean, rstd
@group(0) @binding(4) var<storage, read_write> dWeight: array<vec4f>; // [width]
@group(0) @binding(5) var<storage, read_write> dBias: array<vec4f>;   // [width]

var<workgroup> weightSums: array<vec4f, 64>;
var<workgroup> biasSums: array<vec4f, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let column = group.x;
  var weightSum = vec4f();
  var biasSum = vec4f();
  for (var row = local.x; row < params.rows; row += 64u) {
    let d = dY[row * params.blocks + column];
    weightSum += d * (x[row * params.blocks + column] - statistics[row].x) * statistics[row].y;
    biasSum += d;
  }
  weightSums[local.x] = weightSum;
  biasSums[local.x] = biasSum;
  for (var half = 32u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (local.x < half) {
      weightSums[local.x] += weightSums[local.x + half];
      biasSums[local.x] += biasSums[local.x + half];
    }
  }
  if (local.x > 0u) { return; }
  if (params.accumulateWeight == 1u) { dWeight[column] += weightSums[0]; } else { dWeight[column] = weightSums[0]; }
  if (params.accumulateBias == 1u) { dBias[column] += biasSums[0]; } else { dBias[column] = biasSums[0]; }
}
