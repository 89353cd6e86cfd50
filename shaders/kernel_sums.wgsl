// sums[i] = sums over j > i of exp(-d_ij / (lower + upper)): over j on the side of i, and over j on the other side.
// lower and upper are the middle distances of all pairs, so that the kernel is exp(-d / (2 median)); 2 stands for a zero sum.
struct Params { count: u32, countA: u32 } // the first countA points are one side, the others the other
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> distances: array<f32>; // squared, [count, count], only i < j
@group(0) @binding(2) var<storage, read> middle: array<vec2f>; // lower and upper, each with something behind it
@group(0) @binding(3) var<storage, read_write> sums: array<vec2f>; // [count]

var<workgroup> partial: array<vec2f, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let i = group.x;
  let both = middle[0].x + middle[1].x;
  let scale = select(2.0, both, both > 0.0);
  let end = select(params.count, params.countA, i < params.countA); // of the side of i
  var sum = vec2f();
  for (var j = i + 1u + local.x; j < params.count; j += 64u) {
    let value = exp(-distances[i * params.count + j] / scale);
    sum += select(vec2f(0.0, value), vec2f(value, 0.0), j < end);
  }
  partial[local.x] = sum;
  for (var half = 32u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (local.x < half) { partial[local.x] += partial[local.x + half]; }
  }
  if (local.x == 0u) { sums[i] = partial[0]; }
}
