// output[p, w] = sum over k of input[p, w + k width]: rows that shared one source give their gradients back to it.
// input [positions, length], read from element `start` on; output [positions, width]; the last copy may be a part of one.
struct Params { positions: u32, length: u32, width: u32, start: u32, accumulate: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 256u;
  if (i >= params.positions * params.width) { return; }
  let base = params.start + (i / params.width) * params.length;
  var sum = 0.0;
  for (var column = i % params.width; column < params.length; column += params.width) { sum += input[base + column]; }
  if (params.accumulate == 1u) { output[i] += sum; } else { output[i] = sum; }
}
