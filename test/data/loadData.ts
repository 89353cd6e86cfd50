import { type DataOptions, loadSeries, type OpenBytes, prepare } from '../../src/engine/data/index.ts';
import type { PreparedData } from '../../src/engine/data/types.ts';

/** Windows of a config, ready to train on; its notes say what was guessed, dropped and cut. */
export async function loadData(options: DataOptions, open: OpenBytes): Promise<PreparedData> {
  const { set, notes, mapping } = await loadSeries(options, open);
  const data = prepare(set, { ...options, ...mapping });
  return { ...data, notes: [...notes, ...data.notes] };
}
