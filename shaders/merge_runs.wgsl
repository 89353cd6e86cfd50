// One level of a merge sort of every column of input [count, columns]: runs of `run` sorted values become runs of twice as many.
// A thread merges two runs of one column; it needs no barrier, which software adapters pay dearly for.
struct Params { count: u32, columns: u32, run: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  if (column >= params.columns) { return; }
  let start = id.y * 2u * params.run;
  let middle = min(start + params.run, params.count);
  let end = min(middle + params.run, params.count);
  var left = start;
  var right = middle;
  var a = input[left * params.columns + column];
  var b = input[min(right, params.count - 1u) * params.columns + column];
  for (var at = start; at < end; at++) {
    if (right == end || (left < middle && a <= b)) {
      output[at * params.columns + column] = a;
      left++;
      a = input[min(left, params.count - 1u) * params.columns + column];
    } else {
      output[at * params.columns + column] = b;
      right++;
      b = input[min(right, params.count - 1u) * params.columns + column];
    }
  }
}
