import { Dialog } from './Dialog.tsx';
import { closeSheet, useSheet } from './sheet.ts';
import styles from './shell.module.css';
import { type Shortcut, shortcuts } from './shortcuts.ts';

/** The keyboard's shortcuts; `?` opens and closes it too. */
export function KeyboardSheet() {
  const open = useSheet((state) => state.open);
  if (!open) return null;
  return (
    <Dialog title="Keyboard" onClose={closeSheet}>
      <ShortcutList />
    </Dialog>
  );
}

/** The content of the sheet. */
export function ShortcutList() {
  return (
    <div className={styles.sheet}>
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
