import { distance } from 'fastest-levenshtein';

/** More names than this are not all told to whoever gives a wrong one. */
const fewNames = 24;

/** The name that a wrong one was probably meant to be: at most two letters, or a third of them, are others. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const [nearest] = byDistance(given, names);
  return nearest !== undefined && distance(given, nearest) <= Math.max(2, given.length / 3)
    ? nearest
    : undefined;
}

/** What follows `unknown key 'stesp'`: `; did you mean 'steps'?`, or else what there is, of a key's first part what is in it. */
export function instead(given: string, names: readonly string[]): string {
  const within = names.filter((name) => name.startsWith(`${given}.`));
  if (within.length > 0) return `; there are ${within.join(', ')}`;
  const nearest = nearestName(given, names);
  if (nearest !== undefined) return `; did you mean '${nearest}'?`;
  if (names.length === 0) return '; there is none';
  if (names.length <= fewNames) return `; there are ${names.join(', ')}`;
  return `; the nearest of ${names.length} are ${byDistance(given, names).slice(0, 3).join(', ')}`;
}

const byDistance = (given: string, names: readonly string[]) =>
  names.toSorted((a, b) => distance(given, a) - distance(given, b));
