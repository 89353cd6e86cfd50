import type { DependenceCurve } from '../engine/train/protocol.ts';
import { percent } from './format.ts';
import { sideOf } from './runs/labels.ts';

/** One decoder of the sentence: its curve as shown, and what to call it. */
export interface Listener {
  label: string;
  curve?: DependenceCurve;
}

type Point = DependenceCurve['points'][number];

interface Heard {
  label: string;
  side?: 'left' | 'right';
  point: Point;
}

/**
 * The screen in one sentence with numbers, made from the curves as drawn. Left and right are places on the screen: they are
 * said of two that are drawn, whether or not both have been measured.
 * @param listeners all that are drawn
 * @param position the marked position, from 1, for those that reach it; where there is none or none does, the last one of each
 */
export function headline(listeners: readonly Listener[], position?: number): string {
  const reach = position !== undefined && listeners.some(({ curve }) => curve?.points[position - 1]);
  const heard = listeners.flatMap(({ label, curve }, index): Heard[] => {
    const point = reach ? curve?.points[position - 1] : curve?.points.at(-1);
    return point ? [{ label, side: sideOf(index, listeners.length), point }] : [];
  });
  const [first, second] = heard;
  if (!first) return 'Does the decoder still listen to z? Press Run to see.';
  if (!second) return ofOne(first, listeners.length === 1);
  const together = heard.every(({ point }) => point.position === first.point.position);
  if (first.side) return ofPair(first.point, second.point, together);
  return ofMany(heard, together ? at(first.point) : 'At their last positions');
}

const at = ({ position }: Point) => `At position ${position}`;

function ofOne({ label, side, point }: Heard, alone: boolean): string {
  const who = alone ? 'the decoder' : side ? `the ${side} decoder` : `the decoder of ${label}`;
  return `${at(point)} ${who} takes ${percent(point.m0)} from z and ${percent(point.mLocal)} from the value before.`;
}

function ofPair(left: Point, right: Point, together: boolean): string {
  const where = together ? '' : ` at position ${right.position}`;
  return `${at(left)} the left decoder takes ${percent(left.m0)} from z, the right one ${percent(right.m0)}${where}.`;
}

function ofMany(heard: readonly Heard[], where: string): string {
  const [least, most] = [extreme(heard, -1), extreme(heard, 1)];
  const [low, high] = [percent(least.point.m0), percent(most.point.m0)];
  return low === high
    ? `${where} ${heard.length === 2 ? 'both' : `all ${heard.length}`} decoders take ${low} from z.`
    : `${where} the ${heard.length} decoders take ${low} to ${high} from z, ${most.label} the most.`;
}

/** Who takes the most from z, or with a negative sign the least. */
const extreme = (heard: readonly Heard[], sign: number): Heard =>
  heard.reduce((one, other) => (sign * other.point.m0 > sign * one.point.m0 ? other : one));
