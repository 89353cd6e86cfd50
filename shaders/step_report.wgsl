// One row of loss.csv, the clip factor of each parameter group, and the alarm: the exponent bits of a non-finite loss or
// gradient norm are all ones (WGSL may assume that there is no NaN, so no comparison of floats can be trusted to see one). The mask
// of the exponent, `exponent`, is a param: a compiler that knew it could tell the test for what it is, and assume its outcome too.
// A loss, or a term of it, beyond `divergence` in size counts too: Adam's bounded steps can take long to overflow.
// Row: total, vi, cs, dm, kl, norm of the model's gradient, norm of the denoiser's, alarm. clip = min(1, limit / (norm + 1e-6)).
struct Params {
  series: u32, rows: u32, denoiserRows: u32, capacity: u32, modelTrains: u32, lambda: f32, limit: f32, divergence: f32, exponent: u32
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> clock: array<u32>;
@group(0) @binding(2) var<storage, read> likelihoodLoss: array<f32>; // [rows]: vi of each series, then cs of the first
@group(0) @binding(3) var<storage, read> klLoss: array<f32>;         // [series]
@group(0) @binding(4) var<storage, read> klWeights: array<f32>;      // [steps]
@group(0) @binding(5) var<storage, read> denoiserLoss: array<f32>;   // [denoiserRows]
@group(0) @binding(6) var<storage, read> partial: array<f32>;        // [2, 64]: squares of the model's and the denoiser's gradient
@group(0) @binding(7) var<storage, read_write> clip: array<f32>;     // [4]: model, denoiser, alarm (1 non-finite, 2 diverged), its step
@group(0) @binding(8) var<storage, read_write> log: array<f32>;      // [capacity, 8]

fn nonFinite(value: f32) -> bool { return (bitcast<u32>(value) & params.exponent) == params.exponent; }

@compute @workgroup_size(1)
fn main() {
  var vi = 0.0;
  var cs = 0.0;
  var kl = 0.0;
  var dm = 0.0;
  if (params.modelTrains == 1u) {
    for (var r = 0u; r < params.series; r++) {
      vi += likelihoodLoss[r];
      kl += klLoss[r];
    }
    for (var r = params.series; r < params.rows; r++) { cs += likelihoodLoss[r]; }
    vi /= f32(params.series);
    cs /= f32(max(params.rows - params.series, 1u));
    kl /= f32(params.series);
  }
  for (var r = 0u; r < params.denoiserRows; r++) { dm += denoiserLoss[r]; }
  dm /= f32(params.denoiserRows);
  var norm = vec2f();
  for (var i = 0u; i < 64u; i++) { norm += vec2f(partial[i], partial[64u + i]); }
  norm = sqrt(norm);
  if (params.modelTrains == 0u) { norm.x = 0.0; }
  let total = vi + params.lambda * cs + klWeights[clock[0]] * kl + dm;
  if (clip[2] == 0.0) {
    if (nonFinite(total) || nonFinite(norm.x) || nonFinite(norm.y)) {
      clip[2] = 1.0;
    } else if (max(abs(total), max(abs(vi), abs(cs))) > params.divergence) {
      clip[2] = 2.0;
    }
    if (clip[2] != 0.0) { clip[3] = f32(clock[0]); }
  }
  clip[0] = min(1.0, params.limit / (norm.x + 1e-6));
  clip[1] = min(1.0, params.limit / (norm.y + 1e-6));
  let row = (clock[0] % params.capacity) * 8u;
  log[row] = total;
  log[row + 1u] = vi;
  log[row + 2u] = cs;
  log[row + 3u] = dm;
  log[row + 4u] = kl;
  log[row + 5u] = norm.x;
  log[row + 6u] = norm.y;
  log[row + 7u] = clip[2];
}
