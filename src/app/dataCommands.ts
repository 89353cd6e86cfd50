import type { ReadProgress } from '../engine/data/readSource.ts';
import { DataError, type PreparedData } from '../engine/data/types.ts';
import { messageOf } from '../engine/messageOf.ts';
import type { Config } from '../engine/train/config.ts';
import { DataDesk, previewOf } from './dataDesk.ts';
import type { DataFiles } from './keep/dataFiles.ts';
import type { KeptData } from './keep/keptRun.ts';
import type { OwnFiles } from './runs/runView.ts';
import type { Command, PreparedSummary, WorkerEvent } from './workerProtocol.ts';

export type DataCommand = Command<'open' | 'guess' | 'prepare'>;

/** What the commands on data need of the worker around them. */
export interface DataTools {
  send(event: WorkerEvent): void;
  /** Bytes that a run on the data needs. */
  needs(config: Config, data: PreparedData): Promise<PreparedSummary['needs']>;
  /** A file of the user's that was kept on an earlier visit. @throws Error where it is gone */
  keptFile(name: string): Promise<Blob>;
}

/**
 * Opens, guesses and cuts data for the page. Every command is answered, with the place in the file where one fails, but for a
 * `prepare` that another has overtaken.
 */
export class DataCommands {
  readonly #tools: DataTools;
  readonly #desk = new DataDesk();
  /** What ends the reading of the files that were asked for, by request. */
  readonly #reading = new Map<number, AbortController>();
  /** The `prepare` that arrived last. */
  #latest = 0;
  /** The user's own files behind the data that are open. */
  files: DataFiles = {};

  constructor(tools: DataTools) {
    this.#tools = tools;
  }

  /** Windows by the settings. @throws DataError */
  prepare(config: Config): PreparedData {
    return this.#desk.prepare(config);
  }

  /** To be called as soon as a command to open arrives: one file is read at a time, the one that was asked for last. */
  announce({ request }: Command<'open'>): void {
    this.cancel();
    this.#reading.set(request, new AbortController());
  }

  /** To be called as soon as a command to prepare arrives: a handle that is dragged asks faster than data are cut. */
  announcePreparing({ request }: Command<'prepare'>): void {
    this.#latest = request;
  }

  /** Ends the reading of a file; what was open before stays. */
  cancel(): void {
    for (const controller of this.#reading.values()) controller.abort();
  }

  async obey(command: DataCommand): Promise<void> {
    if (command.type === 'open') return this.#open(command);
    const { request, config } = command;
    return this.#answering(request, async () => {
      if (command.type === 'prepare') await this.#summarise(command);
      else {
        const { labels } = command;
        const dataset = await this.#desk.guess(config, labels);
        if (labels) this.files = { ...this.files, labels };
        this.#tools.send({ type: 'opened', request, dataset });
      }
    });
  }

  async #summarise({ request, config }: Command<'prepare'>): Promise<void> {
    if (request < this.#latest) return; // its answer would be dropped
    const data = this.prepare(config);
    const { features, train, validation, test, notes } = data;
    const counts = { train: train.count, validation: validation.count, test: test.count };
    const needs = await this.#tools.needs(config, data);
    const whole = data.lengths !== undefined;
    const summary = { features, whole, counts, notes, preview: previewOf(data), needs };
    this.#tools.send({ type: 'prepared', request, summary });
  }

  async #open({ request, origin, config }: Command<'open'>): Promise<void> {
    const { send } = this.#tools;
    const signal = this.#reading.get(request)?.signal;
    const onProgress = (progress: ReadProgress) => send({ type: 'reading', request, progress });
    try {
      await this.#answering(request, async () => {
        signal?.throwIfAborted();
        const { kept, ...given } = origin;
        const files = kept ? await this.#blobs(kept) : {};
        const dataset = await this.#desk.open({ ...given, ...files }, config, { signal, onProgress });
        const { file, labels } = origin;
        this.files = kept ?? { ...(file && { table: file }), ...(labels && { labels }) };
        send({ type: 'opened', request, dataset, ...(kept && { files: ownFiles(files, config) }) });
      });
    } catch (error) {
      if (!signal?.aborted) throw error;
      send({ type: 'cancelled', request });
    } finally {
      this.#reading.delete(request);
    }
  }

  async #blobs({ table, labels }: KeptData): Promise<{ file?: Blob; labels?: Blob }> {
    const blob = async (name: string) => {
      try {
        return await this.#tools.keptFile(name);
      } catch {
        throw new DataError('The browser has not kept the file: open it again from where it lies.');
      }
    };
    return { ...(table && { file: await blob(table) }), ...(labels && { labels: await blob(labels) }) };
  }

  /** Errors of the data are answers, with their place in the file; anything else too, so that no question stays open. */
  async #answering(request: number, body: () => Promise<void>): Promise<void> {
    try {
      await body();
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error;
      const message = messageOf(error);
      const fault = error instanceof DataError ? error.fault : {};
      this.#tools.send({ type: 'data-failed', request, failure: { message, ...fault } });
    }
  }
}

/** Kept files under the names that the user gave them. */
function ownFiles({ file, labels }: { file?: Blob; labels?: Blob }, { data }: Config): OwnFiles {
  return {
    ...(file && { table: new File([file], data.source) }),
    ...(labels && { labels: new File([labels], data.labels ?? 'labels') }),
  };
}
