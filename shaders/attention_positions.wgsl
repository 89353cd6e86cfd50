// What the passes of attention over all positions have in common. They take eight positions at a time, the same for all threads
// of a workgroup: LANES threads that run together, 8 or 4, each read another position and hand it round (spread.wgsl); with
// LANES 1 each thread reads all eight. The passes declare `params`, `qkv` [seqLen, rows, 3, heads, headSize], and:
override OWNED: u32 = 64u; // positions of a workgroup, one a thread: a multiple of 8
override BLOCKS: u32 = 4u; // headSize / 4
alias Eight = array<mat4x4f, 2>; // four columns of each of eight positions
alias EightOnes = array<vec4f, 2>; // a number of each

// Where a position's q (part 0), k (1) or v (2) begins in qkv; of a position past the last, the last one's.
fn at(t: u32, row: u32, part: u32, head: u32) -> u32 {
  return ((min(t, params.seqLen - 1u) * params.rows + row) * 3u * params.heads + part * params.heads + head) * BLOCKS;
}

// The index of a position in [seqLen, rows, heads].
fn index(t: u32, row: u32, head: u32) -> u32 {
  return (min(t, params.seqLen - 1u) * params.rows + row) * params.heads + head;
}

// Eight positions from what this lane has read: one of each four, and where eight lanes read, one of all.
fn handRound(low: vec4f, high: vec4f) -> Eight {
  return Eight(
    mat4x4f(spread(low, 0u), spread(low, 1u), spread(low, 2u), spread(low, 3u)),
    mat4x4f(spread(high, 4u % LANES), spread(high, 5u % LANES), spread(high, 6u % LANES), spread(high, 7u % LANES)));
}

// Four columns of q, k or v of eight positions from `first` on.
fn eight(first: u32, row: u32, part: u32, head: u32, block: u32, lane: u32) -> Eight {
  if (LANES == 1u) { return Eight(fourAlone(first, row, part, head, block), fourAlone(first + 4u, row, part, head, block)); }
  let low = qkv[at(first + lane % LANES, row, part, head) + block];
  var high = low;
  if (LANES == 4u) { high = qkv[at(first + 4u + lane % 4u, row, part, head) + block]; }
  return handRound(low, high);
}

fn fourAlone(first: u32, row: u32, part: u32, head: u32, block: u32) -> mat4x4f {
  return mat4x4f(
    qkv[at(first, row, part, head) + block], qkv[at(first + 1u, row, part, head) + block],
    qkv[at(first + 2u, row, part, head) + block], qkv[at(first + 3u, row, part, head) + block]);
}

// The first column.
fn ones(values: Eight) -> EightOnes {
  return EightOnes(
    vec4f(values[0][0].x, values[0][1].x, values[0][2].x, values[0][3].x),
    vec4f(values[1][0].x, values[1][1].x, values[1][2].x, values[1][3].x));
}
