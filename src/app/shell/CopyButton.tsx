import { useEffect, useRef, useState } from 'react';
import { CloseButton } from './CloseButton.tsx';
import { copyText } from './copyText.ts';
import { Dialog } from './Dialog.tsx';
import styles from './shell.module.css';

/** Milliseconds for which it says that the text was copied. */
const shownFor = 4000;

/** Copies a text; where the browser refuses, a dialog holds it, selected. */
export function CopyButton(props: {
  label: string;
  title?: string;
  className?: string;
  text: () => string;
  warning?: string;
}) {
  const { label, title, className, text, warning } = props;
  const [said, setSaid] = useState('');
  const [refused, setRefused] = useState<string>();
  const [copies, setCopies] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a second press is said for as long again
  useEffect(() => {
    if (!said || warning) return;
    const timer = setTimeout(() => setSaid(''), shownFor);
    return () => clearTimeout(timer);
  }, [said, copies, warning]);
  const copy = async () => {
    const wanted = text();
    const done = await copyText(wanted);
    setCopies((count) => count + 1);
    if (done) setSaid(warning ? `Copied. ${warning}` : 'Copied');
    else setRefused(wanted);
  };
  return (
    <span className={styles.copy}>
      <button type="button" title={title} className={className} onClick={() => void copy()}>
        {label}
      </button>
      <span role="status" className={said ? styles.said : undefined}>
        {said}
        {said && warning && <CloseButton label="Dismiss" onClose={() => setSaid('')} />}
      </span>
      {refused !== undefined && (
        <CopyByHand text={refused} warning={warning} onClose={() => setRefused(undefined)} />
      )}
    </span>
  );
}

/** The text selected, to be copied by hand. */
function CopyByHand({ text, warning, onClose }: { text: string; warning?: string; onClose: () => void }) {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  return (
    <Dialog title="Copy it by hand" onClose={onClose}>
      <p>
        The browser did not let the page write to the clipboard. The text is selected: press Ctrl+C, or ⌘C.
      </p>
      <textarea ref={field} readOnly rows={4} aria-label="Link" value={text} className={styles.byHand} />
      {warning && <p className="fine">{warning}</p>}
    </Dialog>
  );
}
