// l_ref[t, n] = log sum_k w_k prod over observed d of N(x_d; m_kd, s_kd^2): the fitted marginal, the hinge's reference
struct Params { count: u32, featureSize: u32, components: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> mask: array<f32>;
@group(0) @binding(3) var<storage, read> mixture: array<f32>; // [K, 1 + 2D]: log w, means, log s
@group(0) @binding(4) var<storage, read_write> reference: array<f32>;

fn component(k: u32, at: u32) -> f32 {
  let base = k * (1u + 2u * params.featureSize);
  var sum = mixture[base];
  for (var d = 0u; d < params.featureSize; d++) {
    let logS = mixture[base + 1u + params.featureSize + d];
    let u = (x[at + d] - mixture[base + 1u + d]) * exp(-logS);
    sum += mask[at + d] * (-0.5 * u * u - logS - 0.9189385332046727);
  }
  return sum;
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.count) { return; }
  // Log-sum-exp in one pass: `total` is relative to the largest term so far.
  var largest = component(0u, i * params.featureSize);
  var total = 1.0;
  for (var k = 1u; k < params.components; k++) {
    let term = component(k, i * params.featureSize);
    let next = max(largest, term);
    total = total * exp(largest - next) + exp(term - next);
    largest = next;
  }
  reference[i] = largest + log(total);
}
