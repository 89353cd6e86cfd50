// y[r] = [sin(i f_j), cos(i f_j)], f_j = 10000^(-j / half), i = timestep[r] (Vaswani et al. 2017). The frequencies are
// turned into fractions of a turn first: f32 sines of angles up to 1000 lose digits on some adapters.
struct Params { rows: u32, width: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> timestep: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [rows, width]

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.rows * params.width) { return; }
  let half = params.width / 2u;
  let row = id.x / params.width;
  let column = id.x % params.width;
  let j = column % half;
  let frequency = exp2(-f32(j) / f32(half) * 13.287712379549449);
  let angle = f32(timestep[row]) * frequency;
  let reduced = angle - 6.283185307179586 * round(angle * 0.15915494309189535);
  y[id.x] = select(cos(reduced), sin(reduced), column < half);
}
