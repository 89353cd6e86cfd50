import { isatty } from 'node:tty';

/** Thrown once the command was asked to stop, between submits or in place of waiting; `main` ends with its code. */
export class Interrupted extends Error {
  constructor(readonly code: number) {
    super('stopped');
  }
}

/** The exit codes that shells have for these signals. */
const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type StopSignal = keyof typeof codes;

/** npm passes the terminal's Ctrl-C on, so one press may arrive twice; a press after this many ms is a second one. */
const samePress = 400;

/** Where no stream is a terminal, as under nohup, none can hang up on the command. */
const hasTerminal = [0, 1, 2].some(isatty);

/** nohup has the hang-up ignored, and Node forgets that when it starts: without a terminal it is ignored again. */
export function ignoreHangUpWithoutTerminal(): void {
  if (!hasTerminal && process.listenerCount('SIGHUP') === 0) process.on('SIGHUP', () => {});
}

/**
 * Turns Ctrl-C, SIGTERM and the hang-up of a terminal into a request to stop; a second one ends the process at once. Before
 * there is anything to keep a command makes none, and such a signal ends it as it ends any process.
 */
export class Interrupt {
  /** What is done about the request; whoever has something to stop sets it. */
  onAsk: () => void;
  /** The exit code, once asked to stop. */
  #code?: number;
  #askedAt = 0;
  readonly #signals = (Object.keys(codes) as StopSignal[]).filter((name) => name !== 'SIGHUP' || hasTerminal);
  readonly #listener = (name: NodeJS.Signals) => this.#press(codes[name as StopSignal]);
  #giveUp: (reason: Interrupted) => void = () => {};
  readonly #stopped = new Promise<never>((_, reject) => {
    this.#giveUp = reject;
  });

  constructor(onAsk: () => void = () => {}) {
    this.onAsk = onAsk;
    this.#stopped.catch(() => {}); // nobody may be waiting
    for (const name of this.#signals) process.on(name, this.#listener);
  }

  get asked(): boolean {
    return this.#code !== undefined;
  }

  /** The exit code that the signal stands for. */
  get code(): number {
    return this.#code ?? codes.SIGINT;
  }

  /** For the `between` of an evaluation. @throws Interrupted once asked to stop */
  readonly check = (): void => {
    if (this.#code !== undefined) throw new Interrupted(this.#code);
  };

  /** Waits for what cannot be stopped half-way, such as compiling. @throws Interrupted as soon as asked to stop */
  async until<T>(work: Promise<T>): Promise<T> {
    return Promise.race([this.#stopped, work]);
  }

  /** Gives the signals back to the process. */
  release(): void {
    for (const name of this.#signals) process.off(name, this.#listener);
  }

  #press(code: number): void {
    const now = performance.now();
    if (this.#code !== undefined) {
      if (now - this.#askedAt > samePress) process.exit(code);
      return;
    }
    this.#code = code;
    this.#askedAt = now;
    this.onAsk();
    this.#giveUp(new Interrupted(code));
  }
}
