// dMu = dL u / sigma, dRaw = dL (u^2 - 1) range s (1 - s), u = (x - mu) / sigma, s = sigmoid(raw); zero where not observed
struct Params { seqLen: u32, rows: u32, series: u32, featureSize: u32, logSigmaLow: f32, logSigmaRange: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> head: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> mask: array<f32>;
@group(0) @binding(4) var<storage, read> dLogLikelihood: array<f32>; // [seqLen, rows]
@group(0) @binding(5) var<storage, read_write> dHead: array<f32>;    // [seqLen, rows, 2D]

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.seqLen * params.rows) { return; }
  let t = i / params.rows;
  let base = (t * params.series + (i % params.rows) % params.series) * params.featureSize;
  let at = i * 2u * params.featureSize;
  for (var d = 0u; d < params.featureSize; d++) {
    let raw = clamp(head[at + params.featureSize + d], -30.0, 30.0);
    let s = 1.0 / (1.0 + exp(-raw));
    let inverse = exp(-params.logSigmaLow - params.logSigmaRange * s);
    let u = (x[base + d] - head[at + d]) * inverse;
    let weight = mask[base + d] * dLogLikelihood[i];
    dHead[at + d] = weight * u * inverse;
    dHead[at + params.featureSize + d] = weight * (u * u - 1.0) * params.logSigmaRange * s * (1.0 - s);
  }
}
