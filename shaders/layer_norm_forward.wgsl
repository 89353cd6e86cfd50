// y = (x - mean) rstd weight + bias per row, rstd = 1 / sqrt(variance + 1e-5) (Ba, Kiros and Hinton 2016). A thread owns a row.
struct Params { rows: u32, blocks: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;      // [rows, width]
@group(0) @binding(2) var<storage, read> weight: array<vec4f>; // [width]
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;   // [width]
@group(0) @binding(4) var<storage, read_write> statistics: array<vec2f>; // [rows, 2]: mean, rstd, kept for later passes
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = id.x + id.y * groups.x * 64u;
  if (row >= params.rows) { return; }
  let start = row * params.blocks;
  let width = f32(4u * params.blocks);
  var sum = vec4f();
  for (var k = 0u; k < params.blocks; k++) { sum += x[start + k]; }
  let mean = dot(sum, vec4f(1.0)) / width;
  var squares = 0.0;
  for (var k = 0u; k < params.blocks; k++) {
    let centred = x[start + k] - mean;
    squares += dot(centred, centred);
  }
  let rstd = 1.0 / sqrt(squares / width + 1e-5);
  statistics[row] = vec2f(mean, rstd);
  for (var k = 0u; k < params.blocks; k++) { y[start + k] = (x[start + k] - mean) * rstd * weight[k] + bias[k]; }
}
