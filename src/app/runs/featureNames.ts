import { sourceByName } from '../../engine/data/sources.ts';
import type { Config } from '../../engine/train/config.ts';

/** The data that are open, with the names that their features were given when they were prepared. */
export interface OpenFeatures {
  data: Config['data'];
  features?: readonly string[];
}

/**
 * What the features of a run are called: as in its own data, which need not be those that are open.
 * @param count how many the run has
 */
export function featureNames({ data }: Config, count: number, open?: OpenFeatures): readonly string[] {
  const same = open !== undefined && columnsOf(open.data) === columnsOf(data);
  const known = [same ? open.features : undefined, data.features, sourceByName(data.source)?.features];
  return known.find((names) => names?.length === count) ?? numbered(count);
}

/** Which columns of which table are read. */
const columnsOf = ({ source, form, features, items, gap }: Config['data']) =>
  JSON.stringify([source, form, features, items, gap]);

/** What features are called whose names are not known. */
const numbered = (count: number): string[] => Array.from({ length: count }, (_, d) => `feature ${d + 1}`);
