// loss = -sum_k w_k l_k, kl = sum_k w_k l_k - log p_K: the objective loss + beta kl is -((1 - lambda) log p_K + lambda sum_k w_k l_k)
// with beta = 1 - lambda (Melis et al. 2022). l_k = sum_t log p(x_t | z_k, x_<t), a_k = l_k + logRatio_k, w = softmax(a) over the
// K samples of a series, log p_K = log mean exp(a). d/da_k = -w_k (beta + lambda (l_k - sum w l)), d/dl_k adds -lambda w_k.
struct Params { seqLen: u32, rows: u32, series: u32, lambda: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logLikelihood: array<f32>; // [seqLen, rows]; row r is series r mod series
@group(0) @binding(2) var<storage, read> logRatio: array<f32>;      // [rows]
@group(0) @binding(3) var<storage, read_write> loss: array<f32>;    // [series]
@group(0) @binding(4) var<storage, read_write> kl: array<f32>;      // [series]
@group(0) @binding(5) var<storage, read_write> dLogLikelihood: array<f32>; // [seqLen, rows], of the batch mean
@group(0) @binding(6) var<storage, read_write> dLogRatio: array<f32>;      // [rows], of the batch mean
@group(0) @binding(7) var<storage, read_write> summed: array<f32>;         // [rows]: l_k, scratch

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let n = id.x;
  if (n >= params.series) { return; }
  var largest = -3.4e38;
  for (var row = n; row < params.rows; row += params.series) {
    var l = 0.0;
    for (var t = 0u; t < params.seqLen; t++) { l += logLikelihood[t * params.rows + row]; }
    summed[row] = l;
    largest = max(largest, l + logRatio[row]);
  }
  var total = 0.0;
  var weighted = 0.0;
  for (var row = n; row < params.rows; row += params.series) {
    let weight = exp(summed[row] + logRatio[row] - largest);
    total += weight;
    weighted += weight * summed[row];
  }
  weighted /= total;
  let samples = f32(params.rows / params.series);
  loss[n] = -weighted;
  kl[n] = weighted - (largest + log(total / samples));
  for (var row = n; row < params.rows; row += params.series) {
    let weight = exp(summed[row] + logRatio[row] - largest) / total / f32(params.series);
    let ratio = -weight * (1.0 - params.lambda + params.lambda * (summed[row] - weighted));
    dLogRatio[row] = ratio;
    for (var t = 0u; t < params.seqLen; t++) { dLogLikelihood[t * params.rows + row] = ratio - params.lambda * weight; }
  }
}
