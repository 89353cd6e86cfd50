import type { ReactNode } from 'react';
import type { LabState } from '../store.ts';

/** One answer to a page's question. */
export interface Choice {
  text: string;
  /** The answer that the reveal argues for. */
  right?: true;
  /** Said to whoever chose it, before the reveal. */
  reply: string;
}

/** What the screen shows of a page's matter, made from the store. */
export interface Sighting {
  /** The screen shows it; else the sentence says what is missing. */
  done: boolean;
  sentence: string;
}

/** What a page does on the live screen. */
export interface Act {
  /** What will happen, as a sentence. */
  does: string;
  /** Why it cannot be done now, as a sentence. */
  blocked?(state: LabState): string | undefined;
  /** @returns what was wrong with it, as a sentence */
  run(state: LabState): string | undefined;
}

/** One page of the lesson: read, answer, and then see whether it is so. */
export interface LessonPage {
  title: string;
  text: ReactNode;
  question: ReactNode;
  choices: readonly Choice[];
  reveal: ReactNode;
  act: Act;
  look(state: LabState): Sighting;
}
