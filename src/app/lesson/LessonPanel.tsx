import { useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useShallow } from 'zustand/react/shallow';
import { lab } from '../lab.ts';
import { CloseButton } from '../shell/CloseButton.tsx';
import { useLab } from '../store.ts';
import { answerPage, clearAnswers, useAnswers } from './answers.ts';
import { closeLesson, openedByHand } from './LessonButton.tsx';
import styles from './lesson.module.css';
import type { LessonPage } from './lessonPage.ts';
import { PageList } from './PageList.tsx';
import { lessonPages } from './pages/index.ts';
import { Question } from './Question.tsx';
import { Worksheet } from './Worksheet.tsx';

/** The lesson at the page that the view names; nothing while it is closed. */
export function LessonPanel() {
  const number = useLab(({ view }) => view.lesson);
  const heading = useHeadingFocus(number);
  const [printing, setPrinting] = useState(false);
  const page = number === null ? undefined : lessonPages[number - 1];
  if (number === null || !page) return null;
  const go = (next: number) => lab.show({ lesson: next });
  return (
    <section aria-label="Lesson" className={styles.lesson}>
      <header className={styles.head}>
        <p className="fine">
          Lesson, page {number} of {lessonPages.length}
        </p>
        <div className={styles.tools}>
          <button type="button" className={styles.quiet} onClick={() => print(setPrinting)}>
            Print worksheet
          </button>
          <CloseButton label="Close lesson" title="Close lesson (L)" onClose={closeLesson} />
        </div>
      </header>
      <h2 ref={heading} tabIndex={-1} className={styles.title}>
        {page.title}
      </h2>
      <Page key={number} number={number} page={page} />
      <nav aria-label="Pages of the lesson" className={styles.pages}>
        <button type="button" disabled={number === 1} onClick={() => go(number - 1)}>
          Back
        </button>
        <PageContents number={number} go={go} />
        <button type="button" disabled={number === lessonPages.length} onClick={() => go(number + 1)}>
          Next
        </button>
      </nav>
      {printing && <Worksheet pages={lessonPages} />}
    </section>
  );
}

/** Text and question side by side where there is room; then what the page does, and what the screen now shows. */
function Page({ number, page }: { number: number; page: LessonPage }) {
  const chosen = useAnswers(({ answers }) => answers[number]);
  return (
    <div className={styles.page}>
      <div className={styles.text}>{page.text}</div>
      <div className={styles.work}>
        <Question page={page} chosen={chosen} onAnswer={(choice) => answerPage(number, choice)} />
        <OnTheScreen page={page} answered={chosen !== undefined} />
      </div>
    </div>
  );
}

/** What is seen is said once the question is answered: it would answer it. */
function OnTheScreen({ page: { act, look }, answered }: { page: LessonPage; answered: boolean }) {
  const blocked = useLab((state) => act.blocked?.(state));
  const { done, sentence } = useLab(useShallow(look));
  const [problem, setProblem] = useState<string>();
  return (
    <div className={styles.act}>
      {/* It stays focusable while it is blocked: whoever pressed it by keyboard keeps their place. */}
      <button
        type="button"
        className={blocked ? styles.blocked : 'primary'}
        aria-disabled={blocked !== undefined}
        aria-describedby="lesson-does"
        onClick={() => {
          if (!blocked) setProblem(act.run(useLab.getState()));
        }}
      >
        Do it on the screen
      </button>
      <p id="lesson-does" className="fine">
        {act.does} {blocked}
      </p>
      {problem && (
        <p role="alert" className="problem">
          {problem}
        </p>
      )}
      {answered ? (
        <p className={styles.seen} data-testid="lesson-seen" data-done={done}>
          <strong>{done ? 'On the screen: ' : 'Not yet: '}</strong>
          {sentence}
        </p>
      ) : (
        <p className="fine">Answer the question, and what the screen shows stands here in numbers.</p>
      )}
    </div>
  );
}

function PageContents({ number, go }: { number: number; go: (page: number) => void }) {
  const answers = useAnswers((state) => state.answers);
  return (
    <PageList
      titles={lessonPages.map(({ title }) => title)}
      number={number}
      answered={Object.keys(answers).map(Number)}
      go={go}
      onClear={clearAnswers}
    />
  );
}

/**
 * The heading takes the focus when the page changes, but not from a visitor whose address opened the lesson; where the lesson stands
 * below the charts, it is brought into view for them too.
 */
function useHeadingFocus(page: number | null) {
  const heading = useRef<HTMLHeadingElement>(null);
  const last = useRef(openedByHand() ? null : page);
  useEffect(() => {
    const changed = page !== last.current;
    last.current = page;
    if (page === null || !heading.current) return undefined;
    if (changed) heading.current.focus({ preventScroll: true });
    if (matchMedia('(max-width: 75rem)').matches) return keepOnTop(heading.current);
    if (changed) heading.current.scrollIntoView({ block: 'nearest' });
    return undefined;
  }, [page]);
  return heading;
}

/**
 * Scrolls an element to the top of the screen, and there again when what loads above pushes it down, until the reader does anything or
 * the page is scrolled. @returns what ends that
 */
function keepOnTop(element: HTMLElement): () => void {
  const kept = new AbortController();
  const end = () => kept.abort();
  const placeNow = () => ({ top: element.getBoundingClientRect().top, page: document.body.offsetHeight });
  let place = placeNow();
  const grown = new ResizeObserver(() => {
    element.scrollIntoView({ block: 'start' });
    place = placeNow();
  });
  // Its own scrolling leaves it where it was put; of a page that has grown meanwhile the observer is about to hear.
  const onScroll = () => {
    const { top, page } = placeNow();
    if (page === place.page && Math.abs(top - place.top) > 1) end();
  };
  addEventListener('scroll', onScroll, { signal: kept.signal });
  for (const act of ['pointerdown', 'keydown', 'wheel'])
    addEventListener(act, end, { capture: true, passive: true, signal: kept.signal });
  kept.signal.addEventListener('abort', () => grown.disconnect());
  grown.observe(document.body);
  return end;
}

/** Some browsers print before a pending render is done, so the worksheet is put in place first. */
function print(setPrinting: (printing: boolean) => void): void {
  flushSync(() => setPrinting(true));
  addEventListener('afterprint', () => setPrinting(false), { once: true });
  window.print();
}
