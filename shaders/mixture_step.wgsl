// x_t = m_k + s_k (I - B_k)^-1 eps_t, k drawn by the weights; or the mixture's mean sum_k w_k m_k. See mixture_log_likelihood_forward.
// The clock holds the position t, then two flags: whether noise is added at all, and whether it is fed back.
override FULL: u32 = 0u;

struct Params { rows: u32, featureSize: u32, components: u32, headSize: u32, logSigmaLow: f32, logSigmaRange: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> clock: array<u32>; // [4]
@group(0) @binding(2) var<storage, read> head: array<f32>;  // [rows, headSize]
@group(0) @binding(3) var<storage, read> noise: array<f32>; // [seqLen, rows, D + 1]: standard normals, the last chooses the component
@group(0) @binding(4) var<storage, read_write> x: array<f32>;   // [seqLen, rows, D]
@group(0) @binding(5) var<storage, read_write> fed: array<f32>; // [rows, D]

// Phi(v), the normal distribution function: Abramowitz and Stegun 26.2.17, to 7.5e-8.
fn normalCdf(v: f32) -> f32 {
  let t = 1.0 / (1.0 + 0.2316419 * abs(v));
  let poly = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  let tail = 0.3989422804 * exp(-0.5 * v * v) * poly;
  return select(tail, 1.0 - tail, v > 0.0);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x;
  if (row >= params.rows) { return; }
  let D = params.featureSize;
  let at = row * params.headSize;
  let means = at + params.components;
  let raws = means + params.components * D;
  var top = head[at];
  for (var k = 1u; k < params.components; k++) { top = max(top, head[at + k]); }
  var total = 0.0;
  for (var k = 0u; k < params.components; k++) { total += exp(head[at + k] - top); }
  let slot = (clock[0] * params.rows + row) * D;
  let eps = (clock[0] * params.rows + row) * (D + 1u);

  // The first component whose cumulative weight passes a uniform number; the last one whatever rounding says.
  let wanted = normalCdf(noise[eps + D]) * total;
  var chosen = 0u;
  var reached = exp(head[at] - top);
  while (chosen + 1u < params.components && reached <= wanted) {
    chosen++;
    reached += exp(head[at + chosen] - top);
  }
  let offDiagonal = raws + params.components * D + chosen * D * (D - 1u) / 2u;
  for (var d = 0u; d < D; d++) {
    var mean = 0.0;
    for (var k = 0u; k < params.components; k++) { mean += exp(head[at + k] - top) / total * head[means + k * D + d]; }
    fed[row * D + d] = mean;
    // v = eps + B v, forward; it stands in the place of x until all of it is known.
    var v = noise[eps + d];
    if (FULL == 1u) {
      let entries = offDiagonal + d * (max(d, 1u) - 1u) / 2u;
      for (var j = 0u; j < d; j++) { v += 4.0 * tanh(clamp(head[entries + j] / 4.0, -15.0, 15.0)) * x[slot + j]; }
    }
    x[slot + d] = v;
  }
  for (var d = 0u; d < D; d++) {
    let raw = clamp(head[raws + chosen * D + d], -30.0, 30.0);
    let sigma = exp(params.logSigmaLow + params.logSigmaRange / (1.0 + exp(-raw)));
    let drawn = head[means + chosen * D + d] + sigma * x[slot + d];
    let mean = fed[row * D + d];
    x[slot + d] = select(mean, drawn, clock[1] == 1u);
    fed[row * D + d] = select(mean, drawn, clock[2] == 1u);
  }
}
