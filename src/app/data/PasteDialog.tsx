import { useEffect, useRef, useState } from 'react';
import { Dialog } from '../shell/Dialog.tsx';
import styles from './data.module.css';
import { openFiles } from './openFiles.ts';
import { looksLikeTable, pastedFile, rowsOf } from './pastedTable.ts';

const example = 'time,temperature,humidity\n2024-05-01T00:00,11.2,63\n2024-05-01T01:00,10.8,66';

/** A place for a table from a spreadsheet or a mail. */
export function PasteDialog({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  const ready = looksLikeTable(text);
  const open = () => {
    void openFiles([pastedFile(text)]);
    onClose();
  };
  return (
    <Dialog title="Paste a table" onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) open();
        }}
      >
        <label className="stack">
          <span className="soft">
            A row of column names, then rows of numbers, as a spreadsheet or a CSV gives them. It stays on
            this machine.
          </span>
          <textarea
            ref={field}
            className={styles.table}
            aria-label="Table"
            rows={10}
            spellCheck={false}
            wrap="off"
            placeholder={example}
            value={text}
            onChange={({ target }) => setText(target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && ready) open();
            }}
          />
        </label>
        <div className="row">
          <p className="fine" role="status">
            {text.trim() === ''
              ? 'Nothing is pasted yet.'
              : ready
                ? `${rowsOf(text).toLocaleString('en')} rows below the header.`
                : 'A header and at least two rows of numbers are needed.'}
          </p>
          <button type="submit" className="primary" disabled={!ready}>
            Open table
          </button>
        </div>
      </form>
    </Dialog>
  );
}
