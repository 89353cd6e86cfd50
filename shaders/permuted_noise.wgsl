// noise[start + r] = v[(first + r + offset[r]) mod series], offset in {1, ..., series - 1}: the v of another series as noise
struct Params { start: u32, first: u32, count: u32, series: u32, width: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> v: array<f32>;      // [series, Z]
@group(0) @binding(2) var<storage, read> offset: array<u32>; // [count]
@group(0) @binding(3) var<storage, read_write> noise: array<f32>; // [rows, Z]; the other rows stay as they are

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.count * params.width) { return; }
  let r = i / params.width;
  let j = i % params.width;
  noise[(params.start + r) * params.width + j] = v[((params.first + r + offset[r]) % params.series) * params.width + j];
}
