// y = factor x; with `accumulate` y += factor x
struct Params { count: u32, accumulate: u32, factor: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.count) { return; }
  let value = params.factor * x[i];
  if (params.accumulate == 1u) { y[i] += value; } else { y[i] = value; }
}
