// packed[k, j] = (W_hh[j, k], W_hh[H + j, k], W_hh[2H + j, k], W_hh[3H + j, k]): the four gates of unit j side by side.
struct Params { hiddenSize: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> weightHh: array<f32>;
@group(0) @binding(2) var<storage, read_write> packed: array<vec4f>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let h = params.hiddenSize;
  if (id.x >= h * h) { return; }
  let k = id.x / h;
  let j = id.x % h;
  packed[id.x] = vec4f(
    weightHh[j * h + k], weightHh[(h + j) * h + k], weightHh[(2u * h + j) * h + k], weightHh[(3u * h + j) * h + k]);
}
