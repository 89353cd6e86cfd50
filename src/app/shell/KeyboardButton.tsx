import { toggleSheet } from './sheet.ts';
import styles from './shell.module.css';

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
