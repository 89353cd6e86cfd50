import type { Config } from '../../engine/train/config.ts';

const keys = ['id', 'time', 'features', 'group', 'part', 'items'] as const;

/** What each column of a table is, as the settings say it: guessed when a table is opened, and corrected by the user. */
export type Mapping = Pick<Config['data'], (typeof keys)[number]>;

/** Of data without columns, and of a table before they are guessed. */
export const noMapping: Mapping = { id: null, time: null, features: [], group: null, part: null, items: [] };

/** The mapping in settings. */
export function mappingOf(data: Config['data']): Mapping {
  const { id, time, features, group, part, items } = data;
  return { id, time, features, group, part, items };
}

/** Whether two mappings are the same. */
export function sameMapping(one: Mapping, other: Mapping): boolean {
  return keys.every((key) => JSON.stringify(one[key]) === JSON.stringify(other[key]));
}
