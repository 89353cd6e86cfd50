// Part 0: s_q token_t on the path gamma(s) = s x. Parts 1 to 3, directions at t: token_t where t lies in the first range,
// token_t where it lies in the second (zero elsewhere), and token_t everywhere, for the local direction.
// Row (node q, series n); `path` holds the ranges [start, end) of both directions, then the nodes s_q.
struct Params { count: u32, nodes: u32, series: u32, width: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> first: array<f32>;    // [series, width]
@group(0) @binding(2) var<storage, read> rest: array<f32>;     // [seqLen - 1, series, width]
@group(0) @binding(3) var<storage, read> path: array<f32>;     // [4 + nodes]
@group(0) @binding(4) var<storage, read_write> tokens: array<f32>; // [4 parts, seqLen, nodes, series, width]

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.count) { return; }
  let column = i % params.width;
  let n = (i / params.width) % params.series;
  let node = (i / (params.width * params.series)) % params.nodes;
  let t = i / (params.width * params.series * params.nodes);
  var token: f32;
  if (t == 0u) {
    token = first[n * params.width + column];
  } else {
    token = rest[((t - 1u) * params.series + n) * params.width + column];
  }
  let at = f32(t);
  tokens[i] = path[4u + node] * token;
  tokens[i + params.count] = select(0.0, token, at >= path[0] && at < path[1]);
  tokens[i + 2u * params.count] = select(0.0, token, at >= path[2] && at < path[3]);
  tokens[i + 3u * params.count] = token;
}
