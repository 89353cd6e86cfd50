import { firstWindows } from '../data/selectWindows.ts';
import { type PrincipalComponents, principalComponents, project } from '../metrics/principalComponents.ts';
import type { LatentCloud, LatentTrajectory } from './protocol.ts';
import type { ModelTools } from './questions.ts';

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
  return onPlane(principalComponents(encoded, width, 2), step, encoded, sampled);
}

/** Moments of the reverse diffusion that are shown before its end. */
const trajectoryMoments = 40;

/**
 * The cloud of the model as it is, with the points on their way from N(0, I) to where the diffusion leaves them. The seed is
 * the run's own, so the points are those that the generated series of the screen are decoded from.
 */
export async function latentTrajectory({
  evaluator,
  config,
  held,
  step,
  between,
}: ModelTools): Promise<LatentTrajectory> {
  const width = config.model.latentSize;
  const encoded = await evaluator.encode(firstWindows(held, cloudPoints), between);
  const plane = principalComponents(encoded, width, 2);
  const count = encoded.length / width;
  const moments = await evaluator.reverseMoments(count, config.train.seed, trajectoryMoments, between);
  const frames = moments.map(({ timestep, latents }) => ({ timestep, points: project(latents, plane) }));
  const sampled = moments.at(-1)?.latents ?? new Float32Array(0);
  return { ...onPlane(plane, step, encoded, sampled), frames: frames.length > 1 ? frames : [] };
}

function onPlane(
  plane: PrincipalComponents,
  step: number,
  encoded: Float32Array,
  sampled: Float32Array,
): LatentCloud {
  const width = plane.mean.length;
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
