// Phi, the normal distribution function, as erfc / 2; Numerical Recipes' Chebyshev fit, wrong by 1.2e-7 of its value at most.
fn distribution(x: f32) -> f32 {
  let z = 0.70710678 * abs(x);
  let u = 1.0 / (1.0 + 0.5 * z);
  let high = 0.27886807 + u * (-1.13520398 + u * (1.48851587 + u * (-0.82215223 + u * 0.17087277)));
  let low = -1.26551223 + u * (1.00002368 + u * (0.37409196 + u * (0.09678418 + u * (-0.18628806 + u * high))));
  let tail = 0.5 * u * exp(low - z * z);
  return select(tail, 1.0 - tail, x >= 0.0);
}

// The derivative Phi(x) + x phi(x) of gelu, x Phi(x).
fn slope(x: f32) -> f32 { return distribution(x) + x * 0.39894228 * exp(-0.5 * x * x); }
