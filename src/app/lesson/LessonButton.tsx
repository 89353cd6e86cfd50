import { flushSync } from 'react-dom';
import { lab } from '../lab.ts';
import { useLab } from '../store.ts';

const toggleId = 'lesson-toggle';

/** Opens the lesson at the page that was left, and closes it. */
export function LessonButton({ className }: { className?: string }) {
  const open = useLab(({ view }) => view.lesson !== null);
  return (
    <button
      type="button"
      id={toggleId}
      className={className}
      aria-pressed={open}
      title="Eight pages that drive this screen (L)"
      onClick={toggleLesson}
    >
      Lesson
    </button>
  );
}

let left = 1;

/** The lesson opens where it was left. */
export function toggleLesson(): void {
  if (useLab.getState().view.lesson === null) lab.show({ lesson: left });
  else closeLesson();
}

/** The focus goes back to the button where it was in the lesson, which is gone. */
export function closeLesson(): void {
  left = useLab.getState().view.lesson ?? left;
  flushSync(() => lab.show({ lesson: null }));
  if (document.activeElement === document.body) document.getElementById(toggleId)?.focus();
}
