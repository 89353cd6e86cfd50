import { pageAddress } from '../settings/writeAddress.ts';
import { useLab } from '../store.ts';
import { CopyButton } from './CopyButton.tsx';
import { privateFileWarning } from './linkOf.ts';
import styles from './shell.module.css';

/** Copies the page's address, which holds settings, seed and view. */
export function ShareButton() {
  const warning = useLab(privateFileWarning);
  return (
    <CopyButton
      label="Copy link"
      title="Settings, data set, seed and view: whoever opens the link gets the same run"
      className={styles.tool}
      text={pageAddress}
      warning={warning}
    />
  );
}
