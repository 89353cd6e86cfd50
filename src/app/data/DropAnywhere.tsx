import { useEffect, useState } from 'react';
import styles from './data.module.css';
import { openFiles } from './openFiles.ts';
import { looksLikeTable, pastedFile } from './pastedTable.ts';

/** Takes files dropped anywhere on the page, and a table pasted while no field has the focus. */
export function DropAnywhere({ refusal }: { refusal?: string }) {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const onDrag = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = refusal ? 'none' : 'copy';
      setOver(true);
    };
    // Leaving the window has no element to go to; going from one element to the next has.
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      setOver(false);
      if (!refusal) void openFiles([...(event.dataTransfer?.files ?? [])]);
    };
    const onPaste = (event: ClipboardEvent) => {
      if (refusal || takesText(event.target) || document.querySelector('dialog[open]')) return;
      const files = [...(event.clipboardData?.files ?? [])];
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (looksLikeTable(text)) void openFiles([pastedFile(text)]);
      else if (files.length > 0) void openFiles(files);
      else return;
      event.preventDefault();
    };
    const listeners = [
      ['dragenter', onDrag],
      ['dragover', onDrag],
      ['dragleave', onLeave],
      ['drop', onDrop],
      ['paste', onPaste],
    ] as const;
    for (const [name, listener] of listeners) window.addEventListener(name, listener as EventListener);
    return () => {
      for (const [name, listener] of listeners) window.removeEventListener(name, listener as EventListener);
    };
  }, [refusal]);
  if (!over) return null;
  return (
    <div className={styles.overlay} data-testid="drop-overlay">
      <p>
        <strong>{refusal ?? 'Drop a CSV, projects or weights'}</strong>
        {!refusal && <span>It is read here and stays on this machine.</span>}
      </p>
    </div>
  );
}

function carriesFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') ?? false;
}

function takesText(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null;
}
