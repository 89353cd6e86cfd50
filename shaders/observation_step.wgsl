// x_t = mu + sigma eps_t, log sigma = low + range sigmoid(raw), head = [mu, raw]; x_t or mu alone is left for the next position
// The clock holds the position t, then two flags: whether noise is added at all, and whether it is fed back.
struct Params { rows: u32, features: u32, logSigmaLow: f32, logSigmaRange: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> clock: array<u32>; // [4]
@group(0) @binding(2) var<storage, read> head: array<f32>;  // [rows, 2D], means first
@group(0) @binding(3) var<storage, read> noise: array<f32>; // [seqLen, rows, D]
@group(0) @binding(4) var<storage, read_write> x: array<f32>;   // [seqLen, rows, D]
@group(0) @binding(5) var<storage, read_write> fed: array<f32>; // [rows, D]

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.rows * params.features) { return; }
  let at = (i / params.features) * 2u * params.features + i % params.features;
  let mean = head[at];
  let raw = clamp(head[at + params.features], -30.0, 30.0);
  let sigma = exp(params.logSigmaLow + params.logSigmaRange / (1.0 + exp(-raw)));
  let slot = clock[0] * params.rows * params.features + i;
  let drawn = mean + sigma * noise[slot];
  x[slot] = select(mean, drawn, clock[1] == 1u);
  fed[i] = select(mean, drawn, clock[2] == 1u);
}
