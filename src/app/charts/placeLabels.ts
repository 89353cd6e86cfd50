/** A label at a point of a picture; all lengths in its pixels. */
export interface Placed {
  x: number;
  y: number;
  anchor: 'start' | 'middle' | 'end';
  /** Whether it lies so far from its point that a line should lead to it. */
  leader: boolean;
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const lineHeight = 14;
/** Mean width of a letter at 12 px: good enough to keep labels apart, without measuring text. */
const letterWidth = 6.6;

/**
 * Places a label beside each point so that it meets no point and no other label, and stays inside. Labels try their sides in
 * a fixed order, then move up or down; one that finds no place is left out (undefined).
 */
export function placeLabels(
  points: readonly { x: number; y: number; label: string }[],
  width: number,
  height: number,
): (Placed | undefined)[] {
  const taken: Box[] = points.map(({ x, y }) => ({ left: x - 6, right: x + 6, top: y - 6, bottom: y + 6 }));
  return points.map(({ x, y, label }) => {
    const long = label.length * letterWidth;
    for (const rise of [
      0,
      -lineHeight,
      lineHeight,
      -2 * lineHeight,
      2 * lineHeight,
      -3 * lineHeight,
      3 * lineHeight,
    ]) {
      const candidates: Placed[] = [
        { x: x + 10, y: y + rise + 4, anchor: 'start', leader: Math.abs(rise) > lineHeight },
        { x: x - 10, y: y + rise + 4, anchor: 'end', leader: Math.abs(rise) > lineHeight },
        { x, y: y + rise + (rise > 0 ? 8 : -2), anchor: 'middle', leader: Math.abs(rise) > lineHeight },
      ];
      for (const candidate of candidates) {
        if (candidate.anchor === 'middle' && rise === 0) continue;
        const box = boxOf(candidate, long);
        const inside = box.left >= 0 && box.right <= width && box.top >= 0 && box.bottom <= height;
        if (!inside || taken.some((other) => meet(box, other))) continue;
        taken.push(box);
        return candidate;
      }
    }
    return undefined;
  });
}

function boxOf({ x, y, anchor }: Placed, long: number): Box {
  const left = anchor === 'start' ? x : anchor === 'end' ? x - long : x - long / 2;
  return { left, right: left + long, top: y - 11, bottom: y + 3 };
}

const meet = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
