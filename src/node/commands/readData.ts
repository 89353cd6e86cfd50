import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type ByteSource,
  loadSeries,
  prepare,
  prepareHeldOut,
  type ReadProgress,
  sourceByName,
  sources,
} from '../../engine/data/index.ts';
import { DataError, type PreparedData, type Scaler, type WindowSet } from '../../engine/data/types.ts';
import { instead } from '../../engine/export/nearestName.ts';
import type { Config } from '../../engine/train/config.ts';
import { fileSource } from '../fileSource.ts';
import { duration, ProgressLine } from './progressLine.ts';

const samplesFolder = fileURLToPath(new URL('../../../public', import.meta.url));

/** Data ready to train on, and the config with what was guessed filled in. */
export interface ReadData {
  data: PreparedData;
  /** data.source absolute, data.id, data.time and data.features as they were resolved. */
  config: Config;
}

/** @throws DataError in one sentence that begins with the name of the file */
export async function readData(config: Config): Promise<ReadData> {
  return namingTheSource(config, async () => {
    const line = new ProgressLine();
    const { set, notes, mapping } = await loadSeries(config.data, openSource, {
      onProgress: (progress) => line.show(readingText(progress)),
    });
    line.end();
    const data = prepare(set, { ...config.data, ...mapping });
    const source = sourceByName(config.data.source) ? config.data.source : resolve(config.data.source);
    const { labels } = config.data;
    return {
      data: { ...data, notes: [...notes, ...data.notes] },
      config: { ...config, data: { ...config.data, ...mapping, source, labels: labels && resolve(labels) } },
    };
  });
}

/** All series of a source as held-out windows for a trained model. @throws DataError as readData */
export async function readHeldOut(
  config: Config,
  { scaler, features, seqLen }: { scaler: Scaler; features: readonly string[]; seqLen: number },
): Promise<WindowSet> {
  return namingTheSource(config, async () => {
    // All of it is held out, whatever part a column may name.
    const { set } = await loadSeries({ ...config.data, part: null }, openSource);
    const gaps = config.data.gap === 'none' ? 0 : 1;
    const expected = features.slice(gaps);
    if (set.features.join('\n') !== expected.join('\n')) {
      throw new DataError(
        `The model was trained on ${expected.join(', ')}, but these data have ${set.features.join(', ')}.`,
      );
    }
    return prepareHeldOut(set, config.data, scaler, seqLen);
  });
}

async function namingTheSource<T>(config: Config, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new DataError(`${config.data.source}: ${error.message}`, error.fault);
  }
}

/** Of a long file; a short one is read before there is anything to say. */
function readingText({ bytes, size, rows, secondsLeft }: ReadProgress): string {
  const share = Math.floor((100 * bytes) / Math.max(1, size));
  const whole = size < 2 ** 20 ? `${Math.ceil(size / 1024)} KiB` : `${Math.round(size / 2 ** 20)} MiB`;
  const left = Number.isFinite(secondsLeft) ? `, ${duration(secondsLeft)} left` : '';
  return `reading: ${share} % of ${whole}, ${rows.toLocaleString('en')} rows${left}`;
}

async function openSource(path: string, kind: 'sample' | 'file'): Promise<ByteSource> {
  try {
    return await fileSource(kind === 'sample' ? join(samplesFolder, path) : path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') {
      throw new DataError(
        `There is no such file, and no built-in data of that name${instead(
          path,
          sources.map(({ name }) => name),
        )}`,
      );
    }
    if (code === 'EISDIR') throw new DataError('This is a folder: name the file in it.');
    if (code === 'ESPIPE')
      throw new DataError('This is a pipe or a device: write it to a file, and name that.');
    throw new DataError(`The file cannot be read (${code ?? String(error)}).`);
  }
}
