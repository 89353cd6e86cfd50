/** Red, green and blue, 0..255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Viridis (van der Walt and Smith, 2015; CC0) at every tenth: lightness rises evenly, also without colour vision. */
const viridis: readonly Rgb[] = [
  [68, 1, 84],
  [72, 36, 117],
  [65, 68, 135],
  [53, 95, 141],
  [42, 120, 142],
  [33, 145, 140],
  [34, 168, 132],
  [68, 191, 112],
  [122, 209, 81],
  [189, 223, 38],
  [253, 231, 37],
];

/** Orange below zero, blue above (after ColorBrewer's PuOr and RdBu, Brewer 2003), on paper and on a dark page. */
const diverging: Record<'light' | 'dark', readonly Rgb[]> = {
  light: [
    [179, 88, 6],
    [224, 130, 20],
    [253, 184, 99],
    [254, 224, 182],
    [247, 247, 247],
    [209, 229, 240],
    [146, 197, 222],
    [67, 147, 195],
    [33, 102, 172],
  ],
  dark: [
    [255, 190, 120],
    [224, 130, 20],
    [150, 82, 20],
    [88, 54, 28],
    [40, 46, 52],
    [30, 62, 92],
    [33, 102, 172],
    [90, 165, 215],
    [200, 230, 248],
  ],
};

/** How far outside its range a value may be for numerical reasons alone, and still count as inside. */
const slack = 5e-3;

/** Colour of a share in 0..1; values outside take the end's colour. NaN has none. */
export function shareColour(value: number): Rgb | undefined {
  return Number.isNaN(value) ? undefined : between(viridis, value);
}

/** Whether a value lies outside the range that a map has colours for, and so is drawn with a mark: -1 below, 1 above. */
export function outOfRange(value: number, low: 0 | -1 = 0): -1 | 0 | 1 {
  return value < low - slack ? -1 : value > 1 + slack ? 1 : 0;
}

/** The mark of a value that is outside the range of its map: a dot in the middle of its cell. */
export function markOutside(
  context: CanvasRenderingContext2D,
  [left, top, wide, high]: readonly [left: number, top: number, wide: number, high: number],
  colour: string,
): void {
  context.fillStyle = colour;
  context.beginPath();
  context.arc(
    left + wide / 2,
    top + high / 2,
    Math.max(0.75, Math.min(2, wide / 4, high / 4)),
    0,
    2 * Math.PI,
  );
  context.fill();
}

/**
 * Colour of a signed value in -1..1, zero in the middle, on a square-root scale: in row t of a dependence matrix the
 * values are of the order 1 / t, which a linear scale would not show.
 */
export function signedColour(value: number, scheme: 'light' | 'dark'): Rgb | undefined {
  if (Number.isNaN(value)) return undefined;
  return between(diverging[scheme], 0.5 + 0.5 * Math.sign(value) * Math.sqrt(Math.abs(value)));
}

/** As CSS; nothing is painted where there is no colour. */
export const css = (colour: Rgb | undefined): string => (colour ? `rgb(${colour.join(' ')})` : 'none');

/** A signed value's colour as CSS that follows the page's scheme. */
export function signedCss(value: number): string {
  return `light-dark(${css(signedColour(value, 'light'))}, ${css(signedColour(value, 'dark'))})`;
}

function between(map: readonly Rgb[], share: number): Rgb {
  const place = Math.min(1, Math.max(0, share)) * (map.length - 1);
  const index = Math.min(map.length - 2, Math.floor(place));
  const [low, high] = [map[index] as Rgb, map[index + 1] as Rgb];
  const mix = (k: 0 | 1 | 2) => Math.round(low[k] + (high[k] - low[k]) * (place - index));
  return [mix(0), mix(1), mix(2)];
}
