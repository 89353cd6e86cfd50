// right[i] = 1 where spread.wgsl keeps its word to thread i: asked of a device once, before anything is left to it
override LEAST: u32 = 4u; // lanes that are taken for granted
@group(0) @binding(0) var<storage, read_write> right: array<u32>; // [24]

@compute @workgroup_size(24) // several subgroups, or one and a part of another, or a part of one
fn main(@builtin(local_invocation_id) local: vec3u) {
  let lanes = laneCount();
  let lane = laneIndex();
  let last = highest(lane);
  let first = lowest(lane);
  let whole = allIdle(true);
  let part = allIdle(lane > 0u);
  var kept = lanes >= LEAST && last == lanes - 1u && first == 0u && whole && !part;
  for (var k = 0u; k < lanes; k++) {
    let handed = spread(vec4f(f32(lane), 1.0, 2.0, f32(3u * lane)), k);
    kept = kept && all(handed == vec4f(f32(k), 1.0, 2.0, f32(3u * k)));
  }
  right[local.x] = select(0u, 1u, kept);
}
