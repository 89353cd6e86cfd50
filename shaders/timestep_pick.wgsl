// timestep[0] = table[clock]: the timestep of this reverse step, for the time embedding
@group(0) @binding(1) var<storage, read> clock: array<u32>;
@group(0) @binding(2) var<storage, read> table: array<u32>;
@group(0) @binding(3) var<storage, read_write> timestep: array<u32>;

@compute @workgroup_size(1)
fn main() {
  timestep[0] = table[clock[0]];
}
