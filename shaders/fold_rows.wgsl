// output[p, w] = sum over k of input[p, k, w]: rows that shared one source give their gradients back to it.
// input [positions, copies, width], read from element `start` on; output [positions, width].
struct Params { positions: u32, copies: u32, width: u32, start: u32, accumulate: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.positions * params.width) { return; }
  let base = params.start + (i / params.width) * params.copies * params.width + i % params.width;
  var sum = 0.0;
  for (var copy = 0u; copy < params.copies; copy++) { sum += input[base + copy * params.width]; }
  if (params.accumulate == 1u) { output[i] += sum; } else { output[i] = sum; }
}
