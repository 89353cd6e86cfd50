// partial[w] = sum of squares over the w-th of 64 contiguous slices: the first half of a gradient norm, in a fixed order
struct Params { start: u32, count: u32, slot: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> values: array<f32>;
@group(0) @binding(2) var<storage, read_write> partial: array<f32>; // [slots, 64]

var<workgroup> sums: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let slice = (params.count + 63u) / 64u;
  let end = min((group.x + 1u) * slice, params.count);
  var sum = 0.0;
  for (var i = group.x * slice + local.x; i < end; i += 64u) {
    let value = values[params.start + i];
    sum += value * value;
  }
  sums[local.x] = sum;
  workgroupBarrier();
  if (local.x == 0u) {
    var total = 0.0;
    for (var i = 0u; i < 64u; i++) { total += sums[i]; }
    partial[params.slot * 64u + group.x] = total;
  }
}
