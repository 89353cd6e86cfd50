/** Colour and dash of a run by its place on the screen: no line rests on colour alone. */
const colours = [
  'var(--run-0, var(--global))',
  'var(--run-1, var(--local))',
  'var(--run-2, var(--generated))',
  'var(--run-3, var(--ink))',
] as const;
const dashes = [undefined, '6 4', '2 3', '8 3 2 3'] as const;

/** As many lines as can be told apart. */
export const drawnAtMost = colours.length;

export const runColour = (index: number): string => colours[index % colours.length] as string;

/** As `stroke-dasharray` takes it; none for a solid line. */
export const runDash = (index: number): string | undefined => dashes[index % dashes.length];
