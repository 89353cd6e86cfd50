// c = f c + i g, h = o tanh(c), (i, f, g, o) = (s, s, tanh, s)(pre): one position, whose pre-activations are complete
struct Params { count: u32, hiddenSize: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> pre: array<f32>; // [rows, 4, H]
@group(0) @binding(2) var<storage, read_write> cell: array<f32>;   // [rows, H]
@group(0) @binding(3) var<storage, read_write> hidden: array<f32>; // [rows, H]

fn sigmoid(v: f32) -> f32 { return 1.0 / (1.0 + exp(-clamp(v, -30.0, 30.0))); }
fn tanhSafe(v: f32) -> f32 { return tanh(clamp(v, -15.0, 15.0)); }

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = id.x + id.y * groups.x * 256u;
  if (n >= params.count) { return; }
  let at = 4u * (n - n % params.hiddenSize) + n % params.hiddenSize;
  let i = sigmoid(pre[at]);
  let f = sigmoid(pre[at + params.hiddenSize]);
  let g = tanhSafe(pre[at + 2u * params.hiddenSize]);
  let o = sigmoid(pre[at + 3u * params.hiddenSize]);
  let c = f * cell[n] + i * g;
  cell[n] = c;
  hidden[n] = o * tanhSafe(c);
}
