/** Thrown between submits once Ctrl-C has been pressed. */
export class Interrupted extends Error {}

/** Exit code of a command that Ctrl-C ended, as shells have it. */
export const interruptedCode = 130;

/** npm passes the terminal's Ctrl-C on, so one press may arrive twice; a press after this many ms is a second one. */
const samePress = 1000;

/** Turns Ctrl-C into a request to stop; a second press ends the process at once. */
export class Interrupt {
  asked = false;
  readonly #onAsk: () => void;
  readonly #listener = () => this.#press();
  #askedAt = 0;

  constructor(onAsk: () => void) {
    this.#onAsk = onAsk;
    process.on('SIGINT', this.#listener);
    process.on('SIGTERM', this.#listener);
  }

  /** For the `between` of an evaluation. @throws Interrupted once asked to stop */
  readonly check = (): void => {
    if (this.asked) throw new Interrupted('stopped');
  };

  /** Gives the signals back to the process. */
  release(): void {
    process.off('SIGINT', this.#listener);
    process.off('SIGTERM', this.#listener);
  }

  #press(): void {
    const now = performance.now();
    if (this.asked) {
      if (now - this.#askedAt > samePress) process.exit(interruptedCode);
      return;
    }
    this.asked = true;
    this.#askedAt = now;
    this.#onAsk();
  }
}
