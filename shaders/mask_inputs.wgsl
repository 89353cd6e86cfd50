// y[t, b, :] = 0 and masked[t, b] = 1 where draw[t, b] < threshold, else x[t, b, :] and 0: whole vectors are left out
struct Params { count: u32, featureSize: u32, threshold: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;    // [positions, series, D]
@group(0) @binding(2) var<storage, read> draw: array<u32>; // [positions, series], uniform on {0, ..., 65535}
@group(0) @binding(3) var<storage, read_write> y: array<f32>;      // [positions, series, D]
@group(0) @binding(4) var<storage, read_write> masked: array<f32>; // [positions, series]

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.count) { return; }
  let hide = draw[i] < params.threshold;
  masked[i] = select(0.0, 1.0, hide);
  for (var d = 0u; d < params.featureSize; d++) {
    y[i * params.featureSize + d] = select(x[i * params.featureSize + d], 0.0, hide);
  }
}
