// The ROWS rows of a thread's tile one by one, MOVING as suits the device (see Gpu.movingRows in gpu/device.ts). For n in turn,
// `next(n)` is where row n is read and `latest(n)` where it is put; `moveUp` comes after the one and before the other.
// `once` is 1, given by a param: a constant bound would be unrolled by some drivers, at seconds of compile time.
fn rowCount(once: u32) -> u32 { return select(ROWS, ROWS * once, MOVING); }
fn next(n: u32) -> u32 { return select(n, 0u, MOVING); }
fn latest(n: u32) -> u32 { return select(n, ROWS - 1u, MOVING); }
fn moveUp(values: ptr<function, array<vec4f, ROWS>>) {
  if (!MOVING) { return; }
  for (var r = 0u; r < ROWS - 1u; r++) { (*values)[r] = (*values)[r + 1u]; }
}
