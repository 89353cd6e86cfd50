import { LessonButton } from '../lesson/LessonButton.tsx';
import { AboutButton } from './AboutButton.tsx';
import { KeyboardButton } from './KeyboardButton.tsx';
import { LinkOptions } from './LinkOptions.tsx';
import { ShareButton } from './ShareButton.tsx';
import styles from './shell.module.css';
import { ThemeButton } from './ThemeButton.tsx';

/** What is there on every screen, for the head of the page. */
export function Tools() {
  return (
    <div className={styles.tools}>
      <LessonButton className={styles.tool} />
      <ShareButton />
      <LinkOptions />
      <ThemeButton />
      <AboutButton />
      <KeyboardButton />
    </div>
  );
}
