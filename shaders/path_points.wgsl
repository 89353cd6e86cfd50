// point[q, n] = s_q z[n] and its tangent dz/ds = z[n]: the latents on the path gamma(s) = s x, at every node s_q.
// They are made before the decoder's own map of z is applied, since that map may bend the path.
struct Params { nodes: u32, series: u32, width: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> path: array<f32>; // [4 + nodes]: two ranges, see lstm_tangent, then the nodes
@group(0) @binding(2) var<storage, read> z: array<f32>;    // [series, Z]
@group(0) @binding(3) var<storage, read_write> point: array<f32>;   // [nodes, series, Z]
@group(0) @binding(4) var<storage, read_write> tangent: array<f32>; // [nodes, series, Z]

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  let size = params.series * params.width;
  if (i >= params.nodes * size) { return; }
  let value = z[i % size];
  point[i] = path[4u + i / size] * value;
  tangent[i] = value;
}
