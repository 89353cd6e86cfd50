import type { DependenceCurve } from '../engine/train/protocol.ts';
import { percent } from './format.ts';

/** One decoder of the sentence: its curve as shown, and what to call it. */
export interface Listener {
  label: string;
  curve?: DependenceCurve;
}

/**
 * The screen in one sentence with numbers, made from the curves as drawn.
 * @param position the marked position, from 1; the last one where there is none
 */
export function headline(listeners: readonly Listener[], position?: number): string {
  const heard = listeners.flatMap(({ label, curve }) => {
    const point = curve?.points[(position ?? curve.points.length) - 1] ?? curve?.points.at(-1);
    return point ? [{ label, point }] : [];
  });
  const [first, second] = heard;
  if (!first) return 'Does the decoder still listen to z? Press Run to see.';
  const at = `At position ${first.point.position}`;
  if (!second) {
    return `${at} the decoder takes ${percent(first.point.m0)} from z and ${percent(first.point.mLocal)} from the value before.`;
  }
  if (heard.length === 2) {
    return `${at} the left decoder takes ${percent(first.point.m0)} from z, the right one ${percent(second.point.m0)}.`;
  }
  const [least, most] = [extreme(heard, -1), extreme(heard, 1)];
  const [low, high] = [percent(least.point.m0), percent(most.point.m0)];
  return low === high
    ? `${at} all ${heard.length} decoders take ${low} from z.`
    : `${at} the ${heard.length} decoders take ${low} to ${high} from z, ${most.label} the most.`;
}

type Heard = { label: string; point: DependenceCurve['points'][number] };

/** Who takes the most from z, or with a negative sign the least. */
const extreme = (heard: readonly Heard[], sign: number): Heard =>
  heard.reduce((one, other) => (sign * other.point.m0 > sign * one.point.m0 ? other : one));
