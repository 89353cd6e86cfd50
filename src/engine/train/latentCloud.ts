import { principalComponents, project } from '../metrics/principalComponents.ts';
import type { LatentCloud } from './protocol.ts';

/** Points of each kind in a cloud. */
export const cloudPoints = 128;

/**
 * The plane in which the encoded latents vary most, and both kinds of latents on it. Every point is projected as z less
 * the encoded mean, so draws of N(0, I) would lie around `origin` with spread 1, and not around 0.
 * @param encoded [n, width] @param sampled [n, width]
 */
export function latentCloud(
  step: number,
  width: number,
  encoded: Float32Array,
  sampled: Float32Array,
): LatentCloud {
  const plane = principalComponents(encoded, width, 2);
  const [x = 0, y = 0] = project(new Float32Array(width), plane);
  const [first = 0, second = 0] = plane.explained;
  return {
    step,
    encoded: project(encoded, plane),
    sampled: project(sampled, plane),
    origin: [x, y],
    explained: [first, second],
  };
}
