// x_t = s_q token_t + position_t on the path gamma(s) = s x, and its tangents in three directions (token_path.wgsl); row (node q, series n)
struct Params { count: u32, nodes: u32, series: u32, width: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> latent: array<f32>;
@group(0) @binding(2) var<storage, read> rest: array<f32>;
@group(0) @binding(3) var<storage, read> position: array<f32>; // [seqLen, width]
@group(0) @binding(4) var<storage, read> path: array<f32>;
@group(0) @binding(5) var<storage, read_write> x: array<f32>;     // [seqLen, nodes, series, width]
@group(0) @binding(6) var<storage, read_write> tFirst: array<f32>;
@group(0) @binding(7) var<storage, read_write> tSecond: array<f32>;
@group(0) @binding(8) var<storage, read_write> tLocal: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.count) { return; }
  let here = onPath(i);
  x[i] = here.token + position[here.t * params.width + here.column];
  tFirst[i] = here.first;
  tSecond[i] = here.second;
  tLocal[i] = here.last;
}
