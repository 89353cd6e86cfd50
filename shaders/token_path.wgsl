// The decoder's tokens on the path gamma(s) = s x, and three directions at t: the tangents of the inputs in the first range, of those
// in the second, and of input t itself, for the local direction. What z adds, and its tangent, come by row, since its way in may
// bend (see path_points). The kernels declare `params`, and:
// - latent [2 or 4, rows, width]: token_0(s_q z), its tangent; the same of what z adds at every position;
// - rest [seqLen - 1, series, width]: the other tokens at s = 1;
// - path [4 + nodes]: the ranges [start, end) of both directions, then the nodes s_q.
override SKIP: u32 = 0u; // 1: z enters at every position too

struct OnPath { t: u32, column: u32, token: f32, first: f32, second: f32, last: f32 }

// The tangent that inputs [start, end) put into position t; z is input 0.
fn seed(t: u32, start: f32, end: f32, own: f32, skip: f32) -> f32 {
  let at = f32(t);
  return select(0.0, own, at >= start && at < end) + select(0.0, skip, start <= 0.0 && end > 0.0);
}

// Element i of [seqLen, nodes, series, width].
fn onPath(i: u32) -> OnPath {
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
  return OnPath(
    t, column, token,
    seed(t, path[0], path[1], own, skip), seed(t, path[2], path[3], own, skip), own + select(0.0, skip, t == 0u));
}
