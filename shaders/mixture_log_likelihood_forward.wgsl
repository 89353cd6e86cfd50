// l[t, r] = log sum_k w_k N(x; m_k, cov_k), w = softmax; r = (I - B) u, u = (x - m) / s, density of x: N(r; 0, I) / prod s
// B is strictly lower triangular with entries 4 tanh(raw / 4), and 0 where FULL is 0: then features are independent in a component.
override FULL: u32 = 0u;

// head: K logits, K D means, K D raw deviations, then K D (D - 1) / 2 raw entries of B, row by row.
struct Params {
  seqLen: u32, rows: u32, series: u32, featureSize: u32, components: u32, headSize: u32, logSigmaLow: f32, logSigmaRange: f32
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> head: array<f32>; // [seqLen, rows, headSize]
@group(0) @binding(2) var<storage, read> x: array<f32>;    // [seqLen, series, D]; row r is series r mod `series`
@group(0) @binding(3) var<storage, read> mask: array<f32>; // [seqLen, series, D]
@group(0) @binding(4) var<storage, read_write> logLikelihood: array<f32>; // [seqLen, rows]

fn logSigma(raw: f32) -> f32 {
  return params.logSigmaLow + params.logSigmaRange / (1.0 + exp(-clamp(raw, -30.0, 30.0)));
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.seqLen * params.rows) { return; }
  let D = params.featureSize;
  let base = ((i / params.rows) * params.series + (i % params.rows) % params.series) * D;
  let at = i * params.headSize;
  let means = at + params.components;
  let raws = means + params.components * D;
  let offDiagonal = raws + params.components * D;
  var total = 0.0;
  var weights = 0.0;
  for (var k = 0u; k < params.components; k++) {
    var density = 0.0;
    for (var d = 0u; d < D; d++) {
      let s = logSigma(head[raws + k * D + d]);
      var r = (x[base + d] - head[means + k * D + d]) * exp(-s);
      if (FULL == 1u) {
        let row = offDiagonal + (k * D * (D - 1u) + d * (max(d, 1u) - 1u)) / 2u;
        for (var j = 0u; j < d; j++) {
          let u = (x[base + j] - head[means + k * D + j]) * exp(-logSigma(head[raws + k * D + j]));
          r -= 4.0 * tanh(clamp(head[row + j] / 4.0, -15.0, 15.0)) * u;
        }
      }
      density += mask[base + d] * (-0.5 * r * r - s - 0.9189385332046727);
    }
    let logit = head[at + k];
    total = logAdd(total, logit + density, k == 0u);
    weights = logAdd(weights, logit, k == 0u);
  }
  logLikelihood[i] = total - weights;
}
