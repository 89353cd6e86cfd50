// loss[r] and dL/dl[t, r]: rows < series are likelihood rows, -w_i sum_t l; the others penalty rows, lambda w_k sum_t P(l), of
// the first rows - series of the series. Gradients are of the mean over each kind of rows.
// P = max(0, l - l_ref) (hinge), softplus(l - l_ref), or l (literal). Likelihood weights are alphaBar_{gamma i}, penalty
// weights 1 - alphaBar_{ceil(k/eta)}. Positions where nothing is observed have no part in P: softplus(0) is not 0. Both weights stand in a table by
// timestep. Latent diffusion is i = 0, weight 1, no penalty rows.
override PENALTY: u32 = 0u; // 0 hinge, 1 softplus, 2 literal

struct Params { seqLen: u32, rows: u32, series: u32, featureSize: u32, lambda: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logLikelihood: array<f32>; // [seqLen, rows]
@group(0) @binding(2) var<storage, read> reference: array<f32>;     // [seqLen, series]
@group(0) @binding(3) var<storage, read> mask: array<f32>;          // [seqLen, series, D]
@group(0) @binding(4) var<storage, read> timestep: array<u32>;      // [rows]
@group(0) @binding(5) var<storage, read> weights: array<vec2f>;     // [L + 1]: likelihood weight, penalty weight
@group(0) @binding(6) var<storage, read_write> loss: array<f32>;    // [rows], without lambda and the mean
@group(0) @binding(7) var<storage, read_write> dLogLikelihood: array<f32>; // [seqLen, rows]

struct Penalty { value: f32, slope: f32 }

fn penalty(l: f32, excess: f32) -> Penalty {
  if (PENALTY == 2u) { return Penalty(l, 1.0); }
  if (PENALTY == 1u) {
    return Penalty(max(excess, 0.0) + log(1.0 + exp(-abs(excess))), 1.0 / (1.0 + exp(-clamp(excess, -30.0, 30.0))));
  }
  return Penalty(max(excess, 0.0), select(0.0, 1.0, excess > 0.0));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x;
  if (row >= params.rows) { return; }
  let weight = weights[timestep[row]];
  let mean = 1.0 / f32(select(params.rows - params.series, params.series, row < params.series));
  var sum = 0.0;
  for (var t = 0u; t < params.seqLen; t++) {
    let i = t * params.rows + row;
    let l = logLikelihood[i];
    if (row < params.series) {
      sum -= weight.x * l;
      dLogLikelihood[i] = -weight.x * mean;
    } else {
      let position = t * params.series + row % params.series;
      var p = Penalty(0.0, 0.0);
      if (observed(position)) { p = penalty(l, l - reference[position]); }
      sum += weight.y * p.value;
      dLogLikelihood[i] = params.lambda * weight.y * p.slope * mean;
    }
  }
  loss[row] = sum;
}
