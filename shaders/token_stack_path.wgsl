// Part 0: s_q token_t on the path gamma(s) = s x. Parts 1 to 3, directions at t: the tangents of the inputs in the first range,
// of those in the second, and of input t itself, for the local direction. What z adds, and its tangent, come by row, since its
// way in may bend (see path_points). Row (node q, series n); `path` holds the ranges [start, end) of both directions, then the
// nodes s_q.
override SKIP: u32 = 0u; // 1: z enters at every position too

struct Params { count: u32, nodes: u32, series: u32, width: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> latent: array<f32>;   // [2 or 4, rows, width]: token_0(s_q z), its tangent; the skip's
@group(0) @binding(2) var<storage, read> rest: array<f32>;     // [seqLen - 1, series, width]
@group(0) @binding(3) var<storage, read> path: array<f32>;     // [4 + nodes]
@group(0) @binding(4) var<storage, read_write> tokens: array<f32>; // [4 parts, seqLen, nodes, series, width]

// The tangent that inputs [start, end) put into position t; z is input 0.
fn seed(t: u32, start: f32, end: f32, own: f32, skip: f32) -> f32 {
  let at = f32(t);
  return select(0.0, own, at >= start && at < end) + select(0.0, skip, start <= 0.0 && end > 0.0);
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.count) { return; }
  let column = i % params.width;
  let rows = params.nodes * params.series;
  let row = (i / params.width) % rows;
  let t = i / (params.width * rows);
  let part = rows * params.width;
  let within = row * params.width + column;
  var token: f32;
  var own: f32;
  if (t == 0u) {
    token = latent[within];
    own = latent[part + within];
  } else {
    own = rest[((t - 1u) * params.series + row % params.series) * params.width + column];
    token = path[4u + row / params.series] * own;
  }
  var skip = 0.0;
  if (SKIP == 1u) {
    token += latent[2u * part + within];
    skip = latent[3u * part + within];
  }
  tokens[i] = token;
  tokens[i + params.count] = seed(t, path[0], path[1], own, skip);
  tokens[i + 2u * params.count] = seed(t, path[2], path[3], own, skip);
  tokens[i + 3u * params.count] = own + select(0.0, skip, t == 0u);
}
