import { type ReactNode, useEffect, useId, useRef } from 'react';
import styles from './data.module.css';

/** A window over the page with its own title; Escape, the cross and a press beside it close it. */
export function Dialog(props: { title: string; wide?: boolean; onClose: () => void; children: ReactNode }) {
  const { title, wide = false, onClose, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
    return () => element?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself
    <dialog
      ref={dialog}
      aria-labelledby={id}
      className={wide ? `${styles.dialog} ${styles.wide}` : styles.dialog}
      // Where React runs effects twice the event of the first closing comes after the second opening.
      onClose={() => !dialog.current?.open && onClose()}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div className={styles.inside}>
        <header className={styles.head}>
          <h2 id={id}>{title}</h2>
          <button type="button" aria-label="Close" onClick={onClose}>
            <span aria-hidden="true">✕</span>
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
