// l[t, r] = sum over observed d of log N(x; mu, sigma^2), log sigma = low + range sigmoid(raw); head = [mu, raw]
struct Params { seqLen: u32, rows: u32, series: u32, featureSize: u32, logSigmaLow: f32, logSigmaRange: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> head: array<f32>; // [seqLen, rows, 2D]
@group(0) @binding(2) var<storage, read> x: array<f32>;    // [seqLen, series, D]; row r is series r mod `series`
@group(0) @binding(3) var<storage, read> mask: array<f32>; // [seqLen, series, D]
@group(0) @binding(4) var<storage, read_write> logLikelihood: array<f32>; // [seqLen, rows]

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.seqLen * params.rows) { return; }
  let t = i / params.rows;
  let base = (t * params.series + (i % params.rows) % params.series) * params.featureSize;
  let at = i * 2u * params.featureSize;
  var sum = 0.0;
  for (var d = 0u; d < params.featureSize; d++) {
    let raw = clamp(head[at + params.featureSize + d], -30.0, 30.0);
    let logSigma = params.logSigmaLow + params.logSigmaRange / (1.0 + exp(-raw));
    let u = (x[base + d] - head[at + d]) * exp(-logSigma);
    sum += mask[base + d] * (-0.5 * u * u - logSigma - 0.9189385332046727);
  }
  logLikelihood[i] = sum;
}
