// Which keys a query sees, where passes go by query: with attention_positions.wgsl before it. The passes declare `params` and
// `valid` [seqLen, rows].
override CAUSAL: u32 = 1u; // 1: only j <= t
override MASKED: u32 = 0u; // 1: only valid j

fn validAt(t: u32, row: u32) -> f32 { return valid[min(t, params.seqLen - 1u) * params.rows + row]; }

fn eightValid(first: u32, row: u32, lane: u32) -> EightOnes {
  if (LANES == 1u) {
    return EightOnes(
      vec4f(validAt(first, row), validAt(first + 1u, row), validAt(first + 2u, row), validAt(first + 3u, row)),
      vec4f(validAt(first + 4u, row), validAt(first + 5u, row), validAt(first + 6u, row), validAt(first + 7u, row)));
  }
  let low = validAt(first + lane % LANES, row);
  var high = low;
  if (LANES == 4u) { high = validAt(first + 4u + lane % 4u, row); }
  return ones(handRound(vec4f(low, 0.0, 0.0, 0.0), vec4f(high, 0.0, 0.0, 0.0)));
}

// Which of eight keys from `first` on position t attends to.
fn allowed(t: u32, first: u32, row: u32, lane: u32) -> array<vec4<bool>, 2> {
  let end = vec4u(select(params.seqLen, min(params.seqLen, t + 1u), CAUSAL == 1u));
  let keys = first + vec4u(0u, 1u, 2u, 3u);
  var low = keys < end;
  var high = keys + 4u < end;
  if (MASKED == 1u) {
    let seen = eightValid(first, row, lane);
    low &= seen[0] > vec4f();
    high &= seen[1] > vec4f();
  }
  return array<vec4<bool>, 2>(low, high);
}
