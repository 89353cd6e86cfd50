// Finds the digit that the value of each search's rank has, by digit_counts.wgsl, and leaves the counts at zero for the next digit.
struct Params { searches: u32, shift: u32, base: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> searches: array<vec2u>; // digits found; rank among the values that begin so
@group(0) @binding(2) var<storage, read_write> counts: array<u32>; // [searches, base]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.searches) { return; }
  var search = searches[id.x];
  var digit = params.base;
  for (var d = 0u; d < params.base; d++) {
    let count = counts[id.x * params.base + d];
    counts[id.x * params.base + d] = 0u;
    if (digit < params.base) { continue; }
    if (search.y < count) { digit = d; } else { search.y -= count; }
  }
  search.x |= digit << params.shift;
  searches[id.x] = search;
}
