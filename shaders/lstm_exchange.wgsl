// A recurrence cut for many threads: a workgroup owns four rows, and has four threads for every four hidden units, which tell each other
// what they computed. With 256 units, the most that a config may ask for, that takes all the threads and all the workgroup memory that
// WebGPU promises (256, 16 KiB).
const AHEAD = 2u; // vectors of units whose weights are read before they are used

var<workgroup> exchanged: array<vec4f, 16u * THREADS>; // [4 gates, row, unit]

fn place(gate: u32, row: u32, unit: u32) -> u32 { return (gate * 4u + row) * THREADS + unit; }

