import { create } from 'zustand';

/** Index of the choice that was made on each page, by the page's number from 1. */
export type Answers = Readonly<Record<number, number>>;

const storageKey = 'posterior-lab.lesson';

/** The answers given in this tab. They outlive a reload and end with the tab: the next pupil begins afresh. */
export const useAnswers = create<{ answers: Answers }>()(() => ({ answers: stored() }));

/** Keeps the first answer to a page: it was given before the reveal, and stays what it was. */
export function answerPage(page: number, choice: number): void {
  useAnswers.setState(({ answers }) => {
    if (answers[page] !== undefined) return { answers };
    const next = { ...answers, [page]: choice };
    keep(next);
    return { answers: next };
  });
}

/** Forgets every answer. */
export function clearAnswers(): void {
  keep({});
  useAnswers.setState({ answers: {} });
}

/** Storage may be switched off, or hold what another version wrote: then the lesson begins without answers. */
function stored(): Answers {
  try {
    const parsed: unknown = JSON.parse(sessionStorage.getItem(storageKey) ?? '{}');
    const entries = Object.entries(parsed as object).filter(([, choice]) => Number.isInteger(choice));
    return Object.fromEntries(entries);
  } catch {
    return {};
  }
}

function keep(answers: Answers): void {
  try {
    sessionStorage.setItem(storageKey, JSON.stringify(answers));
  } catch {
    // Without storage the answers last until the page is left.
  }
}
