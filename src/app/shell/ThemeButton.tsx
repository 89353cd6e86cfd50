import { useLab } from '../store.ts';
import styles from './shell.module.css';
import { changeTheme } from './theme.ts';

/** Goes from the system's theme to light, to dark, and back. */
export function ThemeButton() {
  const theme = useLab(({ view }) => view.theme);
  return (
    <button
      type="button"
      className={styles.tool}
      title="Light, dark, or as the system has it (T)"
      onClick={changeTheme}
    >
      Theme: {theme}
    </button>
  );
}
