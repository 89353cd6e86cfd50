// y = (x - mean) / sqrt(variance + 1e-5) per column over the batch, no affine (Ioffe and Szegedy 2015); running statistics
// move by 0.1, with the unbiased variance, as PyTorch's do. With TRAINING = 0 the running statistics normalise instead.
override TRAINING: u32 = 1u;

struct Params { rows: u32, width: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> running: array<f32>; // [2, width]: means, variances
@group(0) @binding(3) var<storage, read_write> rstd: array<f32>;    // [width], kept for the backward pass
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  if (column >= params.width) { return; }
  var mean = running[column];
  var variance = running[params.width + column];
  if (TRAINING == 1u) {
    let n = f32(params.rows);
    mean = 0.0;
    for (var row = 0u; row < params.rows; row++) { mean += x[row * params.width + column]; }
    mean /= n;
    variance = 0.0;
    for (var row = 0u; row < params.rows; row++) {
      let centred = x[row * params.width + column] - mean;
      variance += centred * centred;
    }
    variance /= n;
    let unbiased = variance * n / max(n - 1.0, 1.0);
    running[column] = 0.9 * running[column] + 0.1 * mean;
    running[params.width + column] = 0.9 * running[params.width + column] + 0.1 * unbiased;
  }
  let scale = 1.0 / sqrt(variance + 1e-5);
  rstd[column] = scale;
  for (var row = 0u; row < params.rows; row++) {
    y[row * params.width + column] = (x[row * params.width + column] - mean) * scale;
  }
}
