// r = Philox4x32-10(counter = (block, stream, step, run), key = seed): normals, or integers uniform on {low, ..., high}.
// Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3". Counter-based: the same seed gives the same bits.
override NORMAL: u32 = 1u; // 1: f32 normals (Box-Muller), stored as bits; 0: u32 integers

struct Params { start: u32, count: u32, stream: u32, seedLow: u32, seedHigh: u32, low: u32, high: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> clock: array<u32>;
@group(0) @binding(2) var<storage, read_write> output: array<u32>;

// The high word of a 32 x 32 bit product, from 16-bit halves.
fn mulHigh(a: u32, b: u32) -> u32 {
  let al = a & 0xffffu;
  let ah = a >> 16u;
  let bl = b & 0xffffu;
  let bh = b >> 16u;
  let mid = ah * bl + ((al * bl) >> 16u);
  let low = al * bh + (mid & 0xffffu);
  return ah * bh + (mid >> 16u) + (low >> 16u);
}

fn philox(start: vec4u, startKey: vec2u) -> vec4u {
  var c = start;
  var key = startKey;
  for (var round = 0u; round < 10u; round++) {
    let a = mulHigh(0xD2511F53u, c.x);
    let b = mulHigh(0xCD9E8D57u, c.z);
    c = vec4u(b ^ c.y ^ key.x, 0xCD9E8D57u * c.z, a ^ c.w ^ key.y, 0xD2511F53u * c.x);
    key += vec2u(0x9E3779B9u, 0xBB67AE85u);
  }
  return c;
}

// (cos, sin) of a whole turn's share in [0, 1), by Taylor to 3e-7 within an eighth of a turn of a multiple of a quarter: WGSL
// promises its own sine and cosine to 2^-11 alone, and adapters differ in the digits after that.
fn cosSin(turn: f32) -> vec2f {
  let quarter = round(4.0 * turn);
  let x = 6.283185307179586 * (turn - 0.25 * quarter); // the difference is exact
  let s = x * x;
  let cosine = 1.0 + s * (-0.5 + s * (1.0 / 24.0 + s * (-1.0 / 720.0 + s * (1.0 / 40320.0))));
  let sine = x * (1.0 + s * (-1.0 / 6.0 + s * (1.0 / 120.0 + s * (-1.0 / 5040.0))));
  switch (u32(quarter) % 4u) {
    case 0u: { return vec2f(cosine, sine); }
    case 1u: { return vec2f(-sine, cosine); }
    case 2u: { return vec2f(-cosine, -sine); }
    default: { return vec2f(sine, -cosine); }
  }
}

// Two normals from two words; the first uniform lies in (0, 1], so its logarithm is finite. WGSL promises that only to 2^-21: near 1 it
// may come out above 0, and its root would be no number.
fn boxMuller(a: u32, b: u32) -> vec2f {
  let radius = sqrt(max(-2.0 * log((f32(a >> 8u) + 1.0) * 0x1p-24), 0.0));
  return radius * cosSin(f32(b >> 8u) * 0x1p-24);
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let block = id.x + id.y * groups.x * 256u;
  if (block * 4u >= params.count) { return; }
  let bits = philox(vec4u(block, params.stream, clock[0], clock[1]), vec2u(params.seedLow, params.seedHigh));
  var words: vec4u;
  if (NORMAL == 1u) {
    words = bitcast<vec4u>(vec4f(boxMuller(bits.x, bits.y), boxMuller(bits.z, bits.w)));
  } else {
    let span = params.high - params.low + 1u;
    words = params.low + vec4u(mulHigh(bits.x, span), mulHigh(bits.y, span), mulHigh(bits.z, span), mulHigh(bits.w, span));
  }
  for (var i = 0u; i < 4u; i++) {
    if (block * 4u + i < params.count) { output[params.start + block * 4u + i] = words[i]; }
  }
}
