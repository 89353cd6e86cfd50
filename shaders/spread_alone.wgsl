// Each thread reads every value itself: what spread.wgsl does, with one lane.
fn laneCount() -> u32 { return 1u; }
fn laneIndex() -> u32 { return 0u; }
fn spread(value: vec4f, lane: u32) -> vec4f { return value; }
fn allIdle(idle: bool) -> bool { return idle; }
fn highest(value: u32) -> u32 { return value; }
fn lowest(value: u32) -> u32 { return value; }
