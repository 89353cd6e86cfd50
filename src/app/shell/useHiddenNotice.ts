import { useEffect, useEffectEvent } from 'react';
import { useLab } from '../store.ts';
import { hiddenSentence, type Mark, markOf, positionOf } from './hidden.ts';

/** Milliseconds in which what the worker reported meanwhile arrives. */
const settling = 600;

/**
 * Says, when the tab comes back into view, what became of a training meanwhile.
 * @param note takes the line for the log
 */
export function useHiddenNotice(note: (line: string) => void): void {
  const say = useEffectEvent(note);
  useEffect(() => {
    let before: Mark | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const changed = () => {
      clearTimeout(timer);
      if (document.visibilityState === 'hidden') {
        before = markOf(useLab.getState(), Date.now());
        return;
      }
      const [left, back] = [before, Date.now()];
      before = undefined;
      if (!left) return;
      timer = setTimeout(() => {
        const line = hiddenSentence(left, positionOf(useLab.getState(), back));
        if (line) say(line);
      }, settling);
    };
    document.addEventListener('visibilitychange', changed);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', changed);
    };
  }, []);
}
