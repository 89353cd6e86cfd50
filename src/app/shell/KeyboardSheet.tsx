import { useEffect, useRef } from 'react';
import { closeSheet, toggleSheet, useSheet } from './sheet.ts';
import styles from './shell.module.css';
import { type Shortcut, shortcuts } from './shortcuts.ts';

/** Opens the sheet for whoever does not know its key. */
export function KeyboardButton() {
  return (
    <button
      type="button"
      className={styles.tool}
      aria-label="Keyboard shortcuts"
      title="Keyboard shortcuts (?)"
      onClick={toggleSheet}
    >
      ?
    </button>
  );
}

/** The keyboard's shortcuts, in a dialog that Escape, `?` and a press beside it close. */
export function KeyboardSheet() {
  const open = useSheet((state) => state.open);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (!element || element.open === open) return;
    if (open) element.showModal();
    else element.close();
  }, [open]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: by keyboard, Escape closes a dialog
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-labelledby="keyboard-sheet"
      onCancel={closeSheet}
      onClose={closeSheet}
      onClick={({ target, currentTarget }) => {
        if (target === currentTarget) closeSheet();
      }}
    >
      <ShortcutList />
    </dialog>
  );
}

/** The content of the sheet. */
export function ShortcutList() {
  return (
    <div className={styles.sheet}>
      <header className="row">
        <h2 id="keyboard-sheet">Keyboard</h2>
        <button type="button" onClick={closeSheet}>
          Close
        </button>
      </header>
      <table>
        <thead className="visually-hidden">
          <tr>
            <th scope="col">Key</th>
            <th scope="col">What it does</th>
          </tr>
        </thead>
        <tbody>
          {shortcuts.map((shortcut) => (
            <tr key={shortcut.does}>
              <th scope="row">
                <Keys shortcut={shortcut} />
              </th>
              <td>{shortcut.does}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="fine">
        Tab goes from control to control; arrow keys move handles, tabs, the scrubber and the row of the
        matrix. No key acts while a field is being typed in.
      </p>
    </div>
  );
}

function Keys({ shortcut: { keys, shift } }: { shortcut: Shortcut }) {
  return keys.map((key, index) => (
    <span key={key}>
      {index > 0 && ' or '}
      {shift && (
        <>
          <kbd>Shift</kbd>{' '}
        </>
      )}
      <kbd>{key === ' ' ? 'Space' : key.toUpperCase()}</kbd>
    </span>
  ));
}
