// products[row, t, k] = <D_t, tangent k of h_t> for three directions; row (node, series n) has D of series n
// Where the tangents are parts of one tensor, tangent k = 1, 2, 3 begins k `stride` vectors into it; else `stride` is 0.
struct Params { seqLen: u32, rows: u32, series: u32, blocks: u32, stride: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> delta: array<vec4f>;   // [seqLen, series, H]
@group(0) @binding(2) var<storage, read> tFirst: array<vec4f>;  // [seqLen, rows, H]
@group(0) @binding(3) var<storage, read> tSecond: array<vec4f>;
@group(0) @binding(4) var<storage, read> tLocal: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> products: array<f32>; // [rows, seqLen, 3]

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.seqLen * params.rows) { return; }
  let row = i % params.rows;
  let t = i / params.rows;
  let d = (t * params.series + row % params.series) * params.blocks;
  var sum = vec3f();
  for (var k = 0u; k < params.blocks; k++) {
    let at = i * params.blocks + k;
    let value = delta[d + k];
    sum += vec3f(
      dot(value, tFirst[at + params.stride]),
      dot(value, tSecond[at + 2u * params.stride]),
      dot(value, tLocal[at + 3u * params.stride]));
  }
  for (var k = 0u; k < 3u; k++) { products[(row * params.seqLen + t) * 3u + k] = sum[k]; }
}
