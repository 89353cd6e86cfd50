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
  const each = heard.map(({ label, point }) => `${label} ${percent(point.m0)}`);
  return `${at} the decoders take from z: ${each.join(', ')}.`;
}
