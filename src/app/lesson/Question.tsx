import { useId, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import styles from './lesson.module.css';
import type { LessonPage } from './lessonPage.ts';

/** A question, and its reveal once it is answered; the answer that was given stays beside it. */
export function Question(props: {
  page: Pick<LessonPage, 'question' | 'choices' | 'reveal'>;
  /** Index of the choice that was made; undefined before. */
  chosen?: number;
  onAnswer: (choice: number) => void;
}) {
  const { page, chosen, onAnswer } = props;
  const [marked, setMarked] = useState<number>();
  const answer = useRef<HTMLHeadingElement>(null);
  const name = useId();
  const commit = () => {
    if (marked === undefined) return;
    flushSync(() => onAnswer(marked));
    // The button that was pressed is gone: the focus goes on to what came in its place.
    answer.current?.focus();
  };
  const choice = chosen === undefined ? undefined : page.choices[chosen];
  return (
    <div className={styles.question}>
      {!choice && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            commit();
          }}
        >
          <fieldset className="bare">
            <legend>{page.question}</legend>
            {page.choices.map(({ text }, index) => (
              <label key={text} className={styles.choice}>
                <input
                  type="radio"
                  name={name}
                  value={index}
                  checked={marked === index}
                  onChange={() => setMarked(index)}
                />
                {text}
              </label>
            ))}
          </fieldset>
          <button type="submit" aria-disabled={marked === undefined} className={styles.answer}>
            Answer
          </button>
        </form>
      )}
      {choice && <p className={styles.asked}>{page.question}</p>}
      <div aria-live="polite" className={styles.reveal}>
        {choice && (
          <>
            <h3 ref={answer} tabIndex={-1} className={styles.given}>
              Your answer: {choice.text}
            </h3>
            <p>
              <strong>{choice.right ? 'So it is.' : 'Not so.'}</strong> {choice.reply}
            </p>
            {page.reveal}
          </>
        )}
      </div>
    </div>
  );
}
