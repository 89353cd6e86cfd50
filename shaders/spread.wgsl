enable subgroups;
diagnostic(off, subgroup_uniformity); // loops may end sooner in one subgroup than in another, never within one
// Threads that run together read different values and hand them round; see spread_alone.wgsl for devices that cannot.
fn laneCount() -> u32 { return subgroupAdd(1u); }
fn laneIndex() -> u32 { return subgroupExclusiveAdd(1u); }
fn spread(value: vec4f, lane: u32) -> vec4f { return subgroupShuffle(value, lane); } // the value of that lane
fn allIdle(idle: bool) -> bool { return subgroupAll(idle); } // whether none that runs together has work
fn highest(value: u32) -> u32 { return subgroupMax(value); } // of those that run together
fn lowest(value: u32) -> u32 { return subgroupMin(value); }
