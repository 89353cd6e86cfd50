import { useEffect } from 'react';
import { createPortal } from 'react-dom';
import { pageAddress } from '../settings/writeAddress.ts';
import type { LessonPage } from './lessonPage.ts';
import styles from './worksheet.module.css';

const lines = ['first', 'second', 'third'] as const;

/** The questions of all pages with lines to write on, beside the app in the document: printed in its place. */
export function Worksheet({ pages }: { pages: readonly LessonPage[] }) {
  useEffect(() => {
    document.body.dataset.print = 'worksheet';
    return () => {
      delete document.body.dataset.print;
    };
  }, []);
  return createPortal(<WorksheetPages pages={pages} address={pageAddress()} />, document.body);
}

/** What is printed. */
export function WorksheetPages({ pages, address }: { pages: readonly LessonPage[]; address: string }) {
  return (
    <article className={styles.worksheet} data-worksheet="" aria-label="Worksheet">
      <header>
        <h1>Posterior Lab: does the decoder still listen?</h1>
        <p className={styles.who}>
          <span>Name</span>
          <span>Date</span>
        </p>
        <p className={styles.address}>{address}</p>
      </header>
      <ol>
        {pages.map(({ title, question, choices, act }) => (
          <li key={title}>
            <h2>{title}</h2>
            <p>{question}</p>
            <ul>
              {choices.map(({ text }) => (
                <li key={text}>{text}</li>
              ))}
            </ul>
            <p>
              <strong>Do it on the screen.</strong> {act.does} What do you see, in numbers? Was your answer
              right, and why?
            </p>
            {lines.map((line) => (
              <div key={line} className={styles.line} />
            ))}
          </li>
        ))}
      </ol>
    </article>
  );
}
