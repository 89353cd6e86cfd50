// log(exp(a) + exp(b)), from nothing: b alone where `first`.
fn logAdd(a: f32, b: f32, first: bool) -> f32 {
  return select(max(a, b) + log(1.0 + exp(-abs(a - b))), b, first);
}
