import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { CloseButton } from './CloseButton.tsx';
import styles from './dialog.module.css';

/** A window over the page with its own title; Escape, the cross and a press beside it close it. */
export function Dialog(props: { title: string; wide?: boolean; onClose: () => void; children: ReactNode }) {
  const { title, wide = false, onClose, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Before it leaves the page, a dialog that closes gives the focus back to what opened it.
  useLayoutEffect(() => {
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
        <div className={styles.head}>
          <h2 id={id}>{title}</h2>
          <CloseButton onClose={onClose} />
        </div>
        {children}
      </div>
    </dialog>
  );
}
