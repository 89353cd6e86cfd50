// Part 0: s_q token_t on the path gamma(s) = s x. Parts 1 to 3: its tangents in three directions (token_path.wgsl); row (node q, series n)
struct Params { count: u32, nodes: u32, series: u32, width: u32 } // count: elements of a part
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> latent: array<f32>;
@group(0) @binding(2) var<storage, read> rest: array<f32>;
@group(0) @binding(3) var<storage, read> path: array<f32>;
@group(0) @binding(4) var<storage, read_write> tokens: array<f32>; // [4 parts, seqLen, nodes, series, width]

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.count) { return; }
  let here = onPath(i);
  tokens[i] = here.token;
  tokens[i + params.count] = here.first;
  tokens[i + 2u * params.count] = here.second;
  tokens[i + 3u * params.count] = here.last;
}
