// counts[s, digit] += pairs i < j whose distance begins, as bits, with the digits of search s found so far and goes on with `digit`:
// a step of selecting the k-th smallest of many values by their digits to base 256. Distances are not negative, so that they
// are ordered as their bits are. Few workgroups share the rows in turns: each has its own counts to clear and to add.
struct Params { count: u32, shift: u32 } // shift: bits below this digit
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> distances: array<u32>; // bits of f32 [count, count], only i < j
@group(0) @binding(2) var<storage, read> searches: array<vec2u>; // digits found, the others zero; rank among those that begin so
@group(0) @binding(3) var<storage, read_write> counts: array<atomic<u32>>; // [searches, 256]

var<workgroup> own: array<atomic<u32>, 256>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let found = searches[group.y].x;
  for (var i = group.x; i < params.count; i += groups.x) {
    for (var j = i + 1u + local.x; j < params.count; j += 64u) {
      let digit = (distances[i * params.count + j] ^ found) >> params.shift;
      if (digit < 256u) { atomicAdd(&own[digit], 1u); } // else it begins otherwise
    }
  }
  workgroupBarrier();
  for (var digit = local.x; digit < 256u; digit += 64u) {
    atomicAdd(&counts[group.y * 256u + digit], atomicLoad(&own[digit]));
  }
}
