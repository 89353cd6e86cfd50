import { blobSource, bytesSource } from '../engine/data/byteSource.ts';
import type { Table } from '../engine/data/cells.ts';
import { generate, generatedSize } from '../engine/data/generators.ts';
import type { ReadOptions } from '../engine/data/readSource.ts';
import { inDataUnits, selectWindows } from '../engine/data/selectWindows.ts';
import { sourceByName } from '../engine/data/sources.ts';
import { DataError, type PreparedData, type SeriesSet } from '../engine/data/types.ts';
import { prepare } from '../engine/data/windows.ts';
import type { Config } from '../engine/train/config.ts';
import { noMapping } from './data/mapping.ts';
import type { DataOrigin, Dataset, Preview } from './workerProtocol.ts';

const previewed = 3;

type Tools = typeof import('../engine/data/tables.ts');

/** A table as it was opened. */
interface OpenTable {
  table: Table;
  /** The code that reads it; it came with the table. */
  tools: Tools;
  kind: 'sample' | 'file';
  /** Names of its items, where it is one of measurements and a file with names was given. */
  labels?: ReadonlyMap<string, string>;
}

/** Holds the data of a worker: the table as read, and the windows last cut from it. */
export class DataDesk {
  #origin = '';
  #open?: OpenTable;
  /** Changes with everything that is opened, so that two files of one name are not taken for each other. */
  #opened = 0;
  #prepared?: { key: string; data: PreparedData };

  /**
   * Reads a data set, piece by piece.
   * @throws DataError when it cannot be used, and the signal's reason when it was cancelled; the data set before it stays
   */
  async open(origin: Omit<DataOrigin, 'kept'>, config: Config, reading?: ReadOptions): Promise<Dataset> {
    const { name, address, file, labels } = origin;
    if (!file && !address) {
      const { features, count, seqLen } = generatedSize(name, sizeOf(name, config));
      this.#keep(name, undefined);
      return {
        name,
        kind: 'generator',
        columns: [],
        numeric: features,
        rows: count * seqLen,
        mapping: { ...noMapping, features },
        form: 'table',
        knownAs: 'table',
        items: [],
        reasons: [],
        facts: [],
      };
    }
    const tools = await loadParser();
    const source = file ? blobSource(file) : bytesSource(await fetchBytes(address ?? '', reading?.signal));
    const opened: OpenTable = {
      table: await tools.readSource(source, reading),
      tools,
      kind: file ? 'file' : 'sample',
      ...(labels && { labels: await namesIn(labels, tools) }),
    };
    const dataset = datasetOf(name, opened, config);
    this.#keep(name, opened);
    return dataset;
  }

  /** The open table with other settings, or with names for its items. @throws DataError where the file has no names */
  async guess(config: Config, labels?: Blob): Promise<Dataset> {
    if (!this.#open) throw new DataError('No table is open: open one first.');
    if (labels) {
      this.#open = { ...this.#open, labels: await namesIn(labels, this.#open.tools) };
      this.#prepared = undefined;
    }
    return datasetOf(this.#origin, this.#open, config);
  }

  /** Windows by the settings; the same settings give the same windows without cutting again. @throws DataError */
  prepare(config: Config): PreparedData {
    const key = JSON.stringify([this.#opened, config.data]);
    if (this.#prepared?.key !== key) {
      const { set, notes } = this.#series(config);
      const data = prepare(set, config.data);
      this.#prepared = { key, data: { ...data, notes: [...notes, ...data.notes] } };
    }
    return this.#prepared.data;
  }

  #series(config: Config): { set: SeriesSet; notes: string[] } {
    if (!this.#open) {
      const size = sizeOf(this.#origin, config);
      return { set: generate(this.#origin, { ...size, seed: config.data.seed }), notes: [] };
    }
    const { table, tools, labels } = this.#open;
    return tools.seriesOf(table, config.data, labels);
  }

  #keep(origin: string, open: OpenTable | undefined): void {
    this.#origin = origin;
    this.#open = open;
    this.#opened++;
    this.#prepared = undefined;
  }
}

function datasetOf(name: string, { table, kind, labels, tools }: OpenTable, config: Config): Dataset {
  const { canBeFeature, columnFacts, constantOrEmpty, formOf, guessedItems, guessTable, leftOut } = tools;
  const { form } = config.data;
  const {
    reasons,
    form: here,
    items = [],
    gap,
    group = null,
    part = null,
    ...guess
  } = guessTable(table, form, labels);
  const facts = columnFacts(table);
  const flat = facts.filter(({ name: one, constant }) => constant && guess.features.includes(one));
  const left = flat.map((one) => one.name);
  const notes = left.length > 0 ? [leftOut(left, constantOrEmpty)] : [];
  const features = guess.features.filter((one) => !left.includes(one));
  return {
    name,
    kind,
    columns: table.columns,
    numeric: facts.filter(canBeFeature).map((one) => one.name),
    rows: table.count,
    mapping: { id: guess.id, time: guess.time, features, group, part, items: guessedItems(items) },
    form: here,
    knownAs: formOf(table, 'auto'),
    items,
    ...(gap && { gap }),
    reasons: [...reasons, ...notes],
    facts,
  };
}

/** @throws DataError where the file has no names */
async function namesIn(
  labels: Blob,
  { readSource, labelsFrom }: Tools,
): Promise<ReadonlyMap<string, string>> {
  return labelsFrom(await readSource(blobSource(labels)));
}

/** The parser of tables; the data that the page opens with need none. */
export const loadParser = () => import('../engine/data/tables.ts');

async function fetchBytes(address: string, signal?: AbortSignal): Promise<Uint8Array> {
  const response = await fetch(address, { signal });
  if (!response.ok)
    throw new DataError(`The sample could not be fetched: the server answered ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Positions enough for a window, and no fewer than suit the generator. */
function sizeOf(name: string, { data }: Config): { count: number | null; seqLen: number } {
  return { count: data.count, seqLen: Math.max(data.window, sourceByName(name)?.window ?? 0) };
}

/** Windows from all over the training part, in the data's own units. */
export function previewOf({ train, scaler }: PreparedData): Preview {
  const { seqLen, featureSize } = train;
  const count = Math.min(previewed, train.count);
  const rows = Array.from({ length: count }, (_, n) => Math.floor(((n + 0.5) * train.count) / count));
  const windows = selectWindows(train, rows);
  return { values: inDataUnits(windows, scaler), count, seqLen, featureSize, ids: windows.ids };
}
