// step <- step + 1: the optimiser's clock, read by every kernel that draws noise or follows a schedule.
@group(0) @binding(1) var<storage, read_write> clock: array<u32>;

@compute @workgroup_size(1)
fn main() {
  clock[0] = clock[0] + 1u;
}
