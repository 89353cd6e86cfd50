// m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, p -= lr (m / c1) / (sqrt(v / c2) + 1e-8), g clipped (Kingma and Ba 2015).
// After an alarm no parameter moves: those of the last good step stay. (The running statistics of v alone, which no gradient moves, go on
// until the host hears of it; a checkpoint brings them back.)
struct Params { start: u32, count: u32, group: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> clock: array<u32>;
@group(0) @binding(2) var<storage, read> schedule: array<vec4f>; // [steps]: lr of the model, lr of the denoiser, c1, c2
@group(0) @binding(3) var<storage, read> clip: array<f32>;
@group(0) @binding(4) var<storage, read> gradients: array<f32>;
@group(0) @binding(5) var<storage, read_write> moment1: array<f32>;
@group(0) @binding(6) var<storage, read_write> moment2: array<f32>;
@group(0) @binding(7) var<storage, read_write> parameters: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let offset = id.x + id.y * groups.x * 256u;
  if (offset >= params.count || clip[2] != 0.0) { return; }
  let i = params.start + offset;
  let now = schedule[clock[0]];
  let rate = select(now.x, now.y, params.group == 1u);
  let g = gradients[i] * clip[params.group];
  let m = 0.9 * moment1[i] + 0.1 * g;
  let v = 0.999 * moment2[i] + 0.001 * g * g;
  moment1[i] = m;
  moment2[i] = v;
  parameters[i] -= rate * (m / now.z) / (sqrt(v / now.w) + 1e-8);
}
