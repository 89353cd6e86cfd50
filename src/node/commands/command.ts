import type { Flag, Given } from './flags.ts';

/** One command of the line. */
export interface Command {
  name: string;
  /** One line for the list of commands. */
  summary: string;
  /** An example that can be copied. */
  example: string;
  /** Placeholder of the words that stand before and between its flags, e.g. `FILE.json`; without one it takes none. */
  words?: string;
  flags: readonly Flag[];
  /** Extra paragraphs of its help. */
  notes?: readonly string[];
  /** @returns the exit code */
  run(given: Given): Promise<number>;
}
