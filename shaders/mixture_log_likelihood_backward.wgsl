// dLogit_k = dL (g_k - w_k), g_k = w_k N_k / exp(l); h = (I - B)^T r: dMean = dL g h / s, dLogS = dL g (h u - 1), dB_dj = dL g r_d u_j
// See mixture_log_likelihood_forward. u and r of a component pass through the places of its own gradients.
override FULL: u32 = 0u;

struct Params {
  seqLen: u32, rows: u32, series: u32, featureSize: u32, components: u32, headSize: u32, logSigmaLow: f32, logSigmaRange: f32
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> head: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> mask: array<f32>;
@group(0) @binding(4) var<storage, read> logLikelihood: array<f32>;  // [seqLen, rows]
@group(0) @binding(5) var<storage, read> dLogLikelihood: array<f32>; // [seqLen, rows]
@group(0) @binding(6) var<storage, read_write> dHead: array<f32>;    // [seqLen, rows, headSize]

fn bounded(raw: f32) -> f32 { return tanh(clamp(raw / 4.0, -15.0, 15.0)); }

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.seqLen * params.rows) { return; }
  let D = params.featureSize;
  let base = ((i / params.rows) * params.series + (i % params.rows) % params.series) * D;
  let at = i * params.headSize;
  var weights = 0.0;
  for (var k = 0u; k < params.components; k++) { weights = logAdd(weights, head[at + k], k == 0u); }
  for (var k = 0u; k < params.components; k++) {
    let means = at + params.components + k * D;
    let raws = means + params.components * D;
    let offDiagonal = at + params.components * (1u + 2u * D) + k * D * (D - 1u) / 2u;
    var density = head[at + k] - weights;
    for (var d = 0u; d < D; d++) {
      let s = params.logSigmaLow + params.logSigmaRange / (1.0 + exp(-clamp(head[raws + d], -30.0, 30.0)));
      let u = (x[base + d] - head[means + d]) * exp(-s);
      var r = u;
      if (FULL == 1u) {
        let row = offDiagonal + d * (max(d, 1u) - 1u) / 2u;
        for (var j = 0u; j < d; j++) { r -= 4.0 * bounded(head[row + j]) * dHead[raws + j]; }
      }
      dHead[raws + d] = u;
      dHead[means + d] = r;
      density += mask[base + d] * (-0.5 * r * r - s - 0.9189385332046727);
    }
    let share = exp(min(density - logLikelihood[i], 0.0));
    dHead[at + k] = dLogLikelihood[i] * (share - exp(head[at + k] - weights));
    for (var d = 0u; d < D; d++) {
      let slope = mask[base + d] * dLogLikelihood[i] * share;
      let u = dHead[raws + d];
      var h = dHead[means + d];
      if (FULL == 1u) {
        for (var e = d + 1u; e < D; e++) {
          let entry = offDiagonal + e * (e - 1u) / 2u + d;
          let b = bounded(head[entry]);
          h -= 4.0 * b * dHead[means + e];
          dHead[entry] = slope * dHead[means + e] * u * (1.0 - b * b);
        }
      }
      let gate = 1.0 / (1.0 + exp(-clamp(head[raws + d], -30.0, 30.0)));
      dHead[means + d] = slope * h * exp(-params.logSigmaLow - params.logSigmaRange * gate);
      dHead[raws + d] = slope * (h * u - 1.0) * params.logSigmaRange * gate * (1.0 - gate);
    }
  }
}
