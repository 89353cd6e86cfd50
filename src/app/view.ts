import * as v from 'valibot';
import { nearestName } from '../engine/export/nearestName.ts';
import { generationModes, schema } from '../engine/train/config.ts';

const methodName = schema.entries.method.wrapped.entries.name.wrapped;

/** How the screen shows what it shows: no setting of an experiment, but part of a link. */
export const viewSchema = v.strictObject({
  /** A second method that Run trains beside the chosen one, on the same data with the same seed. */
  beside: v.optional(v.nullable(methodName), null),
  mode: v.optional(v.picklist(generationModes), 'sample'),
  /** Steps a second at the most, to watch training in slow motion. */
  speed: v.optional(v.nullable(v.picklist([1, 5, 20])), null),
  curves: v.optional(v.picklist(['both', 'global', 'local']), 'both'),
  /** Position whose row of the matrix is open, from 1. */
  position: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1))), null),
  drawer: v.optional(v.picklist(['losses', 'scores', 'runs', 'memory', 'log', 'export', 'sweep']), 'losses'),
  theme: v.optional(v.picklist(['auto', 'light', 'dark']), 'auto'),
  /** Page of the lesson, from 1. */
  lesson: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(8))), null),
  /** Only the chart, the series and the run bar: for a slide. */
  embed: v.optional(v.boolean(), false),
  /** Settings can be seen and not changed: for a class. */
  locked: v.optional(v.boolean(), false),
  /** Parts that are left out, by name. */
  hide: v.optional(v.array(v.picklist(['data', 'model', 'probes', 'latents', 'drawer'])), []),
});

export type View = v.InferOutput<typeof viewSchema>;
export type ViewKey = keyof View;
export type HideablePart = View['hide'][number];

/** Why a control does nothing on a page whose link fixes or hides things. */
export const fixed = {
  data: 'The data are fixed by the link',
  settings: 'The settings are fixed by the link',
  hidden: 'This link hides the Data panel',
} as const;

export const viewDefaults: View = v.parse(viewSchema, {});
const viewKeys = Object.keys(viewDefaults) as ViewKey[];

/** The view that an address names; `problems` has a sentence for each thing that could not be read: the defaults stand there. */
export function viewFromAddress(search: string): { view: View; problems: string[] } {
  let view = viewDefaults;
  const problems: string[] = [];
  for (const [key, text] of new URLSearchParams(search)) {
    if (key.includes('.')) continue;
    const result = viewKeys.includes(key as ViewKey)
      ? v.safeParse(viewSchema, { ...view, [key]: fromText(text, key as ViewKey) })
      : undefined;
    if (result?.success) view = result.output;
    else problems.push(result ? `'${key}' cannot be '${text}'.` : noPart(key, viewKeys));
  }
  return { view, problems };
}

/** What differs from the default view, as pairs for an address. */
export function viewEntries(view: View): [key: ViewKey, text: string][] {
  return viewKeys
    .filter((key) => String(view[key]) !== String(viewDefaults[key]))
    .map((key) => [key, String(view[key])]);
}

function fromText(text: string, key: ViewKey): unknown {
  const standard = viewDefaults[key];
  if (Array.isArray(standard)) return text === '' ? [] : text.split(',');
  if (typeof standard === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (key === 'position' || key === 'lesson' || key === 'speed') return text === 'null' ? null : Number(text);
  return text === 'null' ? null : text;
}

/** The sentence of a key that is none of `keys`, with the nearest of them. */
export function noPart(key: string, keys: readonly string[]): string {
  const nearest = nearestName(key, keys);
  return `'${key}' is no part of an address${nearest ? `; did you mean '${nearest}'?` : '.'}`;
}
