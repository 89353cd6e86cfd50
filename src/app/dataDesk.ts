import {
  canBeFeature,
  columnFacts,
  generate,
  guessColumns,
  inDataUnits,
  prepare,
  selectWindows,
  sourceByName,
  type Table,
  toSeries,
} from '../engine/data/index.ts';
import { DataError, type PreparedData, type SeriesSet } from '../engine/data/types.ts';
import type { Config } from '../engine/train/config.ts';
import type { DataOrigin, Dataset, Preview } from './workerProtocol.ts';

const previewed = 3;

/** Holds the data of a worker: the table as read, and the windows last cut from it. */
export class DataDesk {
  #origin = '';
  #table?: Table;
  #prepared?: { key: string; data: PreparedData };

  /**
   * Reads a data set.
   * @throws DataError when it cannot be used; the data set before it stays
   */
  async open(origin: DataOrigin, config: Config): Promise<Dataset> {
    if (!origin.bytes && !origin.address) {
      const { features, series } = generated(origin.name, config);
      this.#keep(origin.name, undefined);
      const mapping = { id: null, time: null, features };
      const rows = series.reduce((sum, one) => sum + one.length, 0);
      return {
        name: origin.name,
        kind: 'generator',
        columns: [],
        numeric: features,
        rows,
        mapping,
        reasons: [],
        facts: [],
      };
    }
    const { readTable } = await loadParser();
    const table = readTable(new Uint8Array(origin.bytes ?? (await fetchBytes(origin.address ?? ''))));
    const { reasons, ...guess } = guessColumns(table);
    const facts = columnFacts(table);
    const flat = facts.filter(({ name, constant }) => constant && guess.features.includes(name));
    const left = flat.map(({ name }) => name);
    const notes = left.length > 0 ? [`Left out, since they are constant or empty: ${left.join(', ')}.`] : [];
    this.#keep(origin.name, table);
    return {
      name: origin.name,
      kind: origin.bytes ? 'file' : 'sample',
      columns: table.columns,
      numeric: facts.filter(canBeFeature).map(({ name }) => name),
      rows: table.rows.length,
      mapping: { ...guess, features: guess.features.filter((name) => !left.includes(name)) },
      reasons: [...reasons, ...notes],
      facts,
    };
  }

  /** Windows by the settings; the same settings give the same windows without cutting again. @throws DataError */
  prepare(config: Config): PreparedData {
    const key = JSON.stringify([this.#origin, config.data]);
    if (this.#prepared?.key !== key)
      this.#prepared = { key, data: prepare(this.#series(config), config.data) };
    return this.#prepared.data;
  }

  #series(config: Config): SeriesSet {
    const { id, time, features } = config.data;
    return this.#table ? toSeries(this.#table, { id, time, features }) : generated(this.#origin, config);
  }

  #keep(origin: string, table: Table | undefined): void {
    this.#origin = origin;
    this.#table = table;
    this.#prepared = undefined;
  }
}

/** The parser of tables; the data that the page opens with need none. */
export const loadParser = () => import('../engine/data/table.ts');

async function fetchBytes(address: string): Promise<ArrayBuffer> {
  const response = await fetch(address);
  if (!response.ok)
    throw new DataError(`The sample could not be fetched: the server answered ${response.status}.`);
  return response.arrayBuffer();
}

function generated(name: string, { data }: Config): SeriesSet {
  const seqLen = Math.max(data.window, sourceByName(name)?.window ?? 0);
  return generate(name, { count: data.count, seed: data.seed, seqLen });
}

/** Windows from all over the training part, in the data's own units. */
export function previewOf({ train, scaler }: PreparedData): Preview {
  const { seqLen, featureSize } = train;
  const count = Math.min(previewed, train.count);
  const rows = Array.from({ length: count }, (_, n) => Math.floor(((n + 0.5) * train.count) / count));
  const windows = selectWindows(train, rows);
  return { values: inDataUnits(windows, scaler), count, seqLen, featureSize, ids: windows.ids };
}
