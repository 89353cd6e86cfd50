import type { TrainerEvent } from '../engine/train/protocol.ts';
import type { WorkerCommand, WorkerEvent } from './workerProtocol.ts';

/** At most four screen updates a second, however often the worker reports. */
const flushEvery = 250;

/** Reports of a run that the screen may show a quarter of a second late. */
const patient = new Set<TrainerEvent['type']>([
  'losses',
  'progress',
  'dependence',
  'samples',
  'cloud',
  'log',
]);
const mayWait = (event: WorkerEvent) => event.type === 'run' && patient.has(event.event.type);

/** Owns a worker: posts commands and hands on its events in order, frequent ones gathered. */
export class TrainerClient {
  readonly #worker: Worker;
  readonly #onEvents: (events: WorkerEvent[]) => void;
  #waiting: WorkerEvent[] = [];
  #timer?: ReturnType<typeof setTimeout>;
  #flushedAt = 0;

  constructor(onEvents: (events: WorkerEvent[]) => void) {
    this.#onEvents = onEvents;
    this.#worker = new Worker(new URL('./trainer.worker.ts', import.meta.url), { type: 'module' });
    this.#worker.onmessage = ({ data }: MessageEvent<WorkerEvent>) => this.#receive(data);
    this.#worker.onerror = ({ message }) => this.#end(message);
  }

  send(command: WorkerCommand): void {
    this.#worker.postMessage(command);
  }

  /** A worker that has failed somewhere is ended for good: half of it that works on would answer some things and not others. */
  #end(reason: string): void {
    this.#worker.terminate();
    this.#receive(crash(reason));
  }

  #receive(event: WorkerEvent): void {
    this.#waiting.push(event);
    if (!mayWait(event)) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), this.#flushedAt + flushEvery - performance.now());
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushedAt = performance.now();
    const events = this.#waiting;
    this.#waiting = [];
    this.#onEvents(events);
  }
}

function crash(message: string): WorkerEvent {
  return {
    type: 'crashed',
    failure: {
      cause: 'internal',
      message: `The training worker stopped: ${message || 'the browser gave no reason'}.`,
      saved: 'What the screen shows is kept; the weights were in the worker and are gone.',
      advice:
        'Reload the page: the address keeps the settings, and a run that was kept can be resumed at its last checkpoint.',
    },
  };
}
