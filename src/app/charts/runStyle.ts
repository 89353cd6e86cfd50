/** Colours by the names of the page's properties, each with what stands for it where a style sheet has it not. */
const colours = [
  ['--run-0', '--global'],
  ['--run-1', '--local'],
  ['--run-2', '--generated'],
  ['--run-3', '--ink'],
] as const;
const dashes = [[], [6, 4], [2, 3], [8, 3, 2, 3]] as const;

/** As many lines as can well be told apart. */
export const drawnAtMost = colours.length;

/** The property that holds the colour of a run by its place on the screen: a canvas has to look it up. */
export const runProperty = (index: number): `--run-${number}` =>
  (colours[index % colours.length] as (typeof colours)[number])[0];

export const runColour = (index: number): string => {
  const [property, substitute] = colours[index % colours.length] as (typeof colours)[number];
  return `var(${property}, var(${substitute}))`;
};

/**
 * Lengths of dash and gap; none for a solid line. No line rests on colour alone, and from the fifth on colours and dashes meet
 * in other pairs, so that no two of sixteen lines are the same.
 */
export const runDashes = (index: number): readonly number[] =>
  dashes[(index + Math.floor(index / colours.length)) % dashes.length] as readonly number[];

/** As `stroke-dasharray` takes it; undefined for a solid line. */
export const runDash = (index: number): string | undefined => runDashes(index).join(' ') || undefined;
