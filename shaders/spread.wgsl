enable subgroups;
diagnostic(off, subgroup_uniformity); // a range of threads that stops early leaves the others as they are
// Threads that run together read different values and hand them round; see spread_alone.wgsl for devices that cannot.
fn laneCount() -> u32 { return subgroupAdd(1u); }
fn laneIndex() -> u32 { return subgroupExclusiveAdd(1u); }
fn spread(value: vec4f, lane: u32) -> vec4f { return subgroupShuffle(value, lane); } // the value of that lane
fn highest(value: u32) -> u32 { return subgroupMax(value); } // of those that run together
fn lowest(value: u32) -> u32 { return subgroupMin(value); }
