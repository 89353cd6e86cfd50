// y = [a ; b]: one behind the other, along the first axis
struct Params { countA: u32, countB: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.countA + params.countB) { return; }
  if (i < params.countA) { y[i] = a[i]; } else { y[i] = b[i - params.countA]; }
}
