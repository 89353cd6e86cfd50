// Whether any feature of a position is observed; positions count through mask [seqLen, rows, featureSize]. The kernels declare `params`
// and `mask`.
fn observed(position: u32) -> bool {
  for (var d = 0u; d < params.featureSize; d++) {
    if (mask[position * params.featureSize + d] > 0.0) { return true; }
  }
  return false;
}
