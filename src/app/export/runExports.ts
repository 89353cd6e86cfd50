import type { ParityCase } from '../../engine/train/exportAnswers.ts';
import type { ExportKind } from '../../engine/train/protocol.ts';
import type { WorkerCommand, WorkerEvent } from '../workerProtocol.ts';

/** What runs are saved as, asked of the worker. */
export class RunExports {
  readonly #send: (command: WorkerCommand) => void;
  readonly #waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  #request = 0;
  /** Why nothing is answered any more. */
  #crash?: Error;

  constructor(send: (command: WorkerCommand) => void) {
    this.#send = send;
  }

  /** A run's model as a file. @throws Error with the reason */
  file(run: string, what: ExportKind): Promise<Uint8Array> {
    return this.#ask(run, what) as Promise<Uint8Array>;
  }

  /** What the exported graphs of a run are to be held against. @throws Error with the reason */
  parityCase(run: string): Promise<ParityCase> {
    return this.#ask(run, 'parity') as Promise<ParityCase>;
  }

  #ask(run: string, what: ExportKind | 'parity'): Promise<unknown> {
    if (this.#crash) return Promise.reject(this.#crash);
    const request = ++this.#request;
    this.#send({ type: 'export', run, request, what });
    return new Promise((resolve, reject) => this.#waiting.set(request, { resolve, reject }));
  }

  /** Settles what an event of the worker answers; a crash settles everything. */
  answer(event: WorkerEvent): void {
    if (event.type === 'crashed') {
      this.#crash = new Error(event.failure.message);
      for (const { reject } of this.#waiting.values()) reject(this.#crash);
      this.#waiting.clear();
    }
    if (event.type !== 'exported' && event.type !== 'not-exported') return;
    const waiting = this.#waiting.get(event.request);
    this.#waiting.delete(event.request);
    if (event.type === 'exported') waiting?.resolve(event.result);
    else waiting?.reject(new Error(event.message));
  }
}
