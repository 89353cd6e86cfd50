import { constants, existsSync } from 'node:fs';
import { access, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { csvRow } from '../../engine/export/csv.ts';
import { type NamedArray, SafetensorsError } from '../../engine/export/safetensors.ts';
import { type Checkpoint, CheckpointError, readCheckpoint } from '../../engine/train/checkpoint.ts';
import type { Config } from '../../engine/train/config.ts';
import type { DependenceCurve, LossRow } from '../../engine/train/protocol.ts';
import { evaluationMarks } from '../../engine/train/shape.ts';
import { startingWeights } from '../../engine/train/startingWeights.ts';
import { configText, parseRecord, type RunRecord } from './runRecord.ts';
import {
  appendRows,
  checkTables,
  dependenceCells,
  lacking,
  lossCells,
  rewindTables,
  tables,
} from './runTables.ts';
import { UsageError } from './usageError.ts';
import { partialOf, removePartials, writeWhole, writeWholeNow } from './wholeFile.ts';

/** Every file of a run. */
export const runFiles = [
  'config.json',
  'loss.csv',
  'dependence.csv',
  'evaluation.json',
  'samples.csv',
  'model.safetensors',
  'evaluation.safetensors',
  'checkpoint.safetensors',
] as const;
export type RunFile = (typeof runFiles)[number];

/** The folder of a run. Its files appear whole or not at all; the two tables grow while it trains. */
export class RunFolder {
  /** Steps whose curves are in dependence.csv. */
  #curves = new Set<number>();

  private constructor(readonly path: string) {}

  /** @throws UsageError when there is something in the way that `force` does not allow to replace */
  static async check(path: string, force: boolean): Promise<void> {
    const entries = await list(path);
    if (entries && entries.length > 0 && !force) {
      throw new UsageError(
        `'${path}' is not empty: choose another --out, or add --force to replace the run in it.`,
      );
    }
    if (entries && entries.length > 0 && !entries.some((name) => name === 'config.json')) {
      throw new UsageError(
        `'${path}' holds files, but no run that --force could replace: choose another --out.`,
      );
    }
    // Said before the data are read and hours have passed.
    let there = resolve(path);
    while (!existsSync(there)) there = dirname(there);
    try {
      if (!(await stat(there)).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
      await access(there, constants.W_OK | constants.X_OK);
    } catch {
      throw new UsageError(`'${path}' is not a folder that can be written to.`);
    }
  }

  /** Makes the folder, with its config and the heads of its tables, in one move: it is there whole or not at all. */
  static async create(path: string, config: Config, run: RunRecord): Promise<RunFolder> {
    const target = resolve(path);
    await mkdir(dirname(target), { recursive: true });
    const partial = partialOf(target);
    await mkdir(partial);
    try {
      await writeFile(join(partial, 'config.json'), configText(config, run));
      for (const [file, header] of Object.entries(tables))
        await writeFile(join(partial, file), csvRow(header));
      await replaceFolder(partial, target);
    } catch (error) {
      await rm(partial, { recursive: true, force: true });
      throw error;
    }
    return new RunFolder(target);
  }

  /** @throws UsageError where the folder holds no run */
  static async open(path: string): Promise<{ folder: RunFolder; config: Config; run: RunRecord }> {
    let text: string;
    try {
      text = await readFile(join(path, 'config.json'), 'utf8');
    } catch {
      throw new UsageError(`'${path}' holds no run: there is no config.json in it.`);
    }
    return { folder: new RunFolder(resolve(path)), ...parseRecord(text, path) };
  }

  get hasCheckpoint(): boolean {
    return existsSync(join(this.path, 'checkpoint.safetensors'));
  }

  /** Adds to loss.csv at once. */
  appendLosses(rows: readonly LossRow[]): void {
    appendRows(this.path, 'loss.csv', rows.map(lossCells));
  }

  /** Adds to dependence.csv at once; a curve that is there, of a step to which the run went back, is the same. */
  appendCurve(curve: DependenceCurve): void {
    if (this.#curves.has(curve.step)) return;
    appendRows(this.path, 'dependence.csv', dependenceCells(curve));
    this.#curves.add(curve.step);
  }

  /** Takes back the rows of later steps than the run is at; they are reported again. */
  rewind(step: number): void {
    this.#curves = rewindTables(this.path, step)['dependence.csv'];
  }

  /** Makes the tables those of a run that stands at a checkpoint. @returns what they have lost, in sentences */
  settle({ config, counters: { step, evaluatedAt } }: Checkpoint): string[] {
    const held = rewindTables(this.path, step);
    this.#curves = held['dependence.csv'];
    const steps = Array.from({ length: step }, (_, i) => i);
    const measured = [...evaluationMarks(config)].filter((mark) => mark < step || mark === evaluatedAt);
    return [
      lacking(join(this.path, 'loss.csv'), steps, held['loss.csv']),
      lacking(
        join(this.path, 'dependence.csv'),
        measured.sort((a, b) => a - b),
        held['dependence.csv'],
      ),
    ].flatMap((sentence) => sentence ?? []);
  }

  /** Writes the checkpoint in one move: a kill at any moment leaves the old one or the new one. */
  writeCheckpoint(bytes: Uint8Array): void {
    writeWholeNow(join(this.path, 'checkpoint.safetensors'), bytes);
  }

  /** @throws UsageError where there is no checkpoint, or it is damaged */
  async readCheckpoint(): Promise<Checkpoint> {
    const path = join(this.path, 'checkpoint.safetensors');
    let bytes: Uint8Array;
    try {
      bytes = await readFile(path);
    } catch {
      throw new UsageError(`${path}: There is no such file, so the run cannot be resumed: train it anew.`);
    }
    await removePartials(this.path);
    await checkTables(this.path);
    try {
      return readCheckpoint(bytes).checkpoint;
    } catch (error) {
      if (error instanceof CheckpointError) throw new UsageError(`${path}: ${error.message}`);
      throw error;
    }
  }

  /** Writes a file, or replaces it, in one move. */
  async write(file: RunFile, content: string | Uint8Array): Promise<void> {
    await writeWhole(join(this.path, file), content);
  }

  async writeConfig(config: Config, run: RunRecord): Promise<void> {
    await this.write('config.json', configText(config, run));
  }

  /** @throws UsageError where there are no weights, the file is damaged, or they are not those of the config */
  async readWeights(config: Config, run: RunRecord): Promise<Map<string, NamedArray>> {
    const path = join(this.path, 'model.safetensors');
    let bytes: Uint8Array;
    try {
      bytes = await readFile(path);
    } catch {
      throw new UsageError(`${path}: There is no such file.`);
    }
    try {
      return startingWeights(bytes, config, run);
    } catch (error) {
      if (error instanceof SafetensorsError) throw new UsageError(`${path}: ${error.message}`);
      throw error;
    }
  }
}

async function list(path: string): Promise<string[] | undefined> {
  try {
    return await readdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UsageError(`'${path}' is not a folder that can be written to.`);
  }
}

/** Moves a folder to its place; files of an earlier run there go, others stay. */
async function replaceFolder(from: string, to: string): Promise<void> {
  const entries = await list(to);
  if (!entries || entries.length === 0) {
    await rm(to, { recursive: true, force: true });
    await rename(from, to);
    return;
  }
  await removePartials(to);
  for (const file of runFiles) await rm(join(to, file), { force: true });
  for (const file of await readdir(from)) await rename(join(from, file), join(to, file));
  await rm(from, { recursive: true });
}
