import { DataError } from '../engine/data/types.ts';
import type { Config } from '../engine/train/config.ts';
import type { LastingEvent, LastingRun } from '../engine/train/lastingRun.ts';
import type { Failure, TrainerEvent } from '../engine/train/protocol.ts';
import type { DataFiles } from './keep/dataFiles.ts';
import type { Keeping } from './keep/keeping.ts';
import type { Command, LoadedRun, WorkerEvent } from './workerProtocol.ts';

/** A run that was loaded, and what trains it; without that where it could not be begun, for want of memory perhaps. */
interface Seat {
  id: string;
  config: Config;
  /** The user's own files that it trains on. */
  data: DataFiles;
  lasting?: LastingRun;
  training?: Promise<void>;
  /** Its training was told to stop, and has yet to come to rest. */
  stopping?: boolean;
  /** The page has been told where it stands, and so waits for nothing. */
  told?: boolean;
}

/** What runs need of the worker around them. */
export interface SeatTools {
  send(event: WorkerEvent): void;
  keeping: Pick<Keeping, 'put' | 'end' | 'forget'>;
  /** The user's own files behind the data that are open. */
  files(): DataFiles;
  /** Looks for a GPU where none is known yet. @returns whether there is one */
  findGpu(): Promise<boolean>;
  /** @throws what a run cannot begin for */
  begin(run: LoadedRun, onEvent: (event: LastingEvent) => void): Promise<LastingRun>;
  /** What became of a run after so many steps; undefined while there is no GPU. */
  failureOf(error: unknown, completedSteps: number): Failure | undefined;
}

/** The runs that were loaded last, side by side: trains them, and tells the page of each. */
export class Seats {
  readonly #tools: SeatTools;
  #seats: Seat[] = [];
  /** Set by `pause` and cleared by `willRun`: a pause during loading must keep the run behind it from starting. */
  #paused = false;
  /** Steps a second at the most. */
  #limit?: number;

  constructor(tools: SeatTools) {
    this.#tools = tools;
  }

  /** Nothing was loaded yet. */
  get empty(): boolean {
    return this.#seats.length === 0;
  }

  /** Gives up the runs there are for these. One that cannot be begun reports so; the others are loaded all the same. */
  async load({ runs }: Command<'load'>): Promise<void> {
    const { keeping, files, findGpu, begin } = this.#tools;
    for (const seat of this.#seats) {
      await this.#stopped(seat);
      seat.lasting?.trainer.destroy();
    }
    keeping.end(this.#seats.map(({ id }) => id));
    const data = files();
    const seats: Seat[] = runs.map(({ run, config }) => ({ id: run, config, data }));
    this.#seats = seats;
    if (!(await findGpu())) return;
    for (const [index, run] of runs.entries()) {
      const seat = seats[index] as Seat;
      try {
        seat.lasting = await begin(run, (event) => this.#hear(seats, run.run, event));
        seat.lasting.trainer.limitSpeed(this.#limit);
      } catch (error) {
        this.#report(seat, error);
      }
    }
  }

  /** To be called as soon as a command to run arrives: no earlier pause holds it up. */
  willRun(): void {
    this.#paused = false;
  }

  /**
   * Trains beside the queue, so that other commands are heard meanwhile; several runs take turns at the GPU. One that says it is
   * paused may still be at its last report: it goes on when that is done.
   */
  run(): void {
    if (this.#paused) {
      this.#tellPaused();
      return;
    }
    for (const seat of this.#seats) {
      if (seat.training && !seat.stopping) continue;
      seat.stopping = false;
      const begin = async () => {
        if (!this.#paused && !seat.stopping) await seat.lasting?.trainer.run();
      };
      const training = (seat.training?.then(begin) ?? begin())
        .catch((error) => this.#report(seat, error))
        .finally(() => {
          if (seat.training === training) seat.training = undefined;
        });
      seat.training = training;
    }
  }

  pause(): void {
    this.#paused = true;
    for (const seat of this.#seats) {
      if (!seat.training) continue;
      seat.stopping = true;
      void this.#pauseTrainer(seat);
    }
    this.#tellPaused();
  }

  /** One after the other: a pair of single steps is no race. */
  step(): Promise<void> {
    return this.#eachAtRest(({ trainer }) => trainer.step());
  }

  reset(): Promise<void> {
    return this.#eachAtRest(({ trainer }) => trainer.reset());
  }

  /** Also of runs that are loaded later. @param limit steps a second at the most; null for as fast as it goes */
  limitSpeed(limit: number | null): void {
    this.#limit = limit ?? undefined;
    for (const { lasting } of this.#seats) lasting?.trainer.limitSpeed(this.#limit);
  }

  /** A run to be asked or saved. @throws Error in a sentence where it is not loaded any more */
  lastingRun(run: string): LastingRun {
    const lasting = this.#seats.find(({ id }) => id === run)?.lasting;
    if (lasting) return lasting;
    throw new Error('Its weights are gone: only the runs that were loaded last can be asked or saved.');
  }

  /** Of every run: what went wrong with a command that was for all of them. */
  reportAll(error: unknown): void {
    for (const seat of this.#seats) this.#report(seat, error);
  }

  /** Does something with one run after the other, none of them training; where one cannot, the others do all the same. */
  async #eachAtRest(work: (lasting: LastingRun) => Promise<void>): Promise<void> {
    for (const seat of this.#seats) {
      await this.#stopped(seat);
      try {
        if (seat.lasting) await work(seat.lasting);
      } catch (error) {
        this.#report(seat, error);
      }
    }
  }

  /** Resolves when a run has come to rest; one that waits for its pause to be over, to go on then, does not go on. */
  async #stopped(seat: Seat): Promise<void> {
    if (!seat.training) return;
    seat.stopping = true;
    await this.#pauseTrainer(seat);
    await seat.training;
  }

  /** What a pause may fail for is what the training failed for, which reports it. */
  async #pauseTrainer({ lasting }: Seat): Promise<void> {
    await lasting?.trainer.pause().catch(() => {});
  }

  /** A run that was to train, and was paused before it could, has reported nothing: the page still waits for it to begin. */
  #tellPaused(): void {
    for (const seat of this.#seats) {
      if (!seat.training && !seat.told) this.#tell(seat.id, { type: 'state', state: 'paused' });
    }
  }

  /** @param group the runs that were loaded together, this one among them */
  #hear(group: readonly Seat[], run: string, event: LastingEvent): void {
    if (event.type === 'file') {
      const together = group.map(({ id, config, data }) => ({ id, config, data }));
      this.#tools.keeping.put(together, run, event.step, event.bytes);
    } else this.#tell(run, event);
  }

  /** Tells the page, and lets go of what it is not worth keeping on account of it. */
  #tell(run: string, event: TrainerEvent): void {
    const { keeping, send } = this.#tools;
    const seat = this.#seats.find(({ id }) => id === run);
    if (seat && (event.type === 'state' || event.type === 'failed')) seat.told = true;
    if (event.type === 'state' && event.state === 'stopped') keeping.forget([run]);
    // A lost device may be another one on the next visit; a run that failed otherwise would fail again.
    if (event.type === 'failed' && event.failure.cause !== 'device-lost') keeping.end([run]);
    send({ type: 'run', run, event });
  }

  /** What the data could not give was answered to `prepare` already; the run behind it just does not begin. */
  #report({ id, lasting }: Seat, error: unknown): void {
    if (error instanceof DataError) {
      this.#tell(id, { type: 'state', state: 'stopped' });
      return;
    }
    const failure = this.#tools.failureOf(error, lasting?.trainer.completedSteps ?? 0);
    if (failure) this.#tell(id, { type: 'failed', failure });
  }
}
