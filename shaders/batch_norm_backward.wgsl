// dX = rstd (dY - mean(dY) - y mean(dY y)), means over the batch, per column
struct Params { rows: u32, width: u32, accumulate: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dY: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<f32>;
@group(0) @binding(3) var<storage, read> rstd: array<f32>;
@group(0) @binding(4) var<storage, read_write> dX: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  if (column >= params.width) { return; }
  var meanD = 0.0;
  var meanDY = 0.0;
  for (var row = 0u; row < params.rows; row++) {
    let i = row * params.width + column;
    meanD += dY[i];
    meanDY += dY[i] * y[i];
  }
  meanD /= f32(params.rows);
  meanDY /= f32(params.rows);
  for (var row = 0u; row < params.rows; row++) {
    let i = row * params.width + column;
    let value = rstd[column] * (dY[i] - meanD - y[i] * meanDY);
    if (params.accumulate == 1u) { dX[i] += value; } else { dX[i] = value; }
  }
}
