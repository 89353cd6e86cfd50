// tY = weight rstd (tX - mean(tX) - n mean(n tX)), n = (x - mean) rstd. A thread owns a row.
struct Params { rows: u32, blocks: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;  // [rows, width]
@group(0) @binding(2) var<storage, read> tX: array<vec4f>; // [rows, width]
@group(0) @binding(3) var<storage, read> weight: array<vec4f>;     // [width]
@group(0) @binding(4) var<storage, read> statistics: array<vec2f>; // [rows, 2]: mean, rstd
@group(0) @binding(5) var<storage, read_write> tY: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = id.x + id.y * groups.x * 64u;
  if (row >= params.rows) { return; }
  let start = row * params.blocks;
  let width = f32(4u * params.blocks);
  let mean = statistics[row].x;
  let rstd = statistics[row].y;
  var sum = vec4f();
  var products = 0.0;
  for (var k = 0u; k < params.blocks; k++) {
    sum += tX[start + k];
    products += dot(tX[start + k], (x[start + k] - mean) * rstd);
  }
  let meanT = dot(sum, vec4f(1.0)) / width;
  for (var k = 0u; k < params.blocks; k++) {
    tY[start + k] = weight[k] * rstd * (tX[start + k] - meanT - (x[start + k] - mean) * rstd * products / width);
  }
}
