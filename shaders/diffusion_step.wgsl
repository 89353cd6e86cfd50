// z <- a z + b epsHat + s noise, (a, b, s) the coefficients of this reverse step: DDPM and DDIM differ in them alone.
// The clock counts reverse steps.
struct Params { count: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> clock: array<u32>;
@group(0) @binding(2) var<storage, read> coefficients: array<vec4f>; // [steps]: a, b, s, unused
@group(0) @binding(3) var<storage, read> epsilonHat: array<f32>;
@group(0) @binding(4) var<storage, read> noise: array<f32>;
@group(0) @binding(5) var<storage, read_write> z: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.count) { return; }
  let now = coefficients[clock[0]];
  z[i] = now.x * z[i] + now.y * epsilonHat[i] + now.z * noise[i];
}
