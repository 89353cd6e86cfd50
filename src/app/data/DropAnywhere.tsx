import { useEffect, useState } from 'react';
import { useProjects } from '../project/projectState.ts';
import { fileRefusal, useLab } from '../store.ts';
import styles from './data.module.css';
import { openFiles } from './openFiles.ts';
import { looksLikeTable, pastedFile } from './pastedTable.ts';

/**
 * Takes files dropped anywhere on the page, and a table pasted while no field has the focus. Where the page takes none it is there
 * all the same and says why: a browser leaves the page for a file that is dropped on one that listens to no drop.
 */
export function DropAnywhere() {
  const refusal = useLab(fileRefusal);
  const [over, setOver] = useState(false);
  useEffect(() => {
    const onDrag = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      if (hasPlace(event)) return setOver(false);
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
      if (!refusal && !hasPlace(event)) void openFiles([...(event.dataTransfer?.files ?? [])]);
    };
    const onPaste = (event: ClipboardEvent) => {
      if (takesText(event.target) || document.querySelector('dialog[open]')) return;
      const text = event.clipboardData?.getData('text/plain') ?? '';
      const files = looksLikeTable(text) ? [pastedFile(text)] : [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      if (refusal) useProjects.setState({ problems: [`Nothing was pasted. ${refusal}`] });
      else void openFiles(files);
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
        <span>{refusal ? 'No file is opened.' : 'It is read here and stays on this machine.'}</span>
      </p>
    </div>
  );
}

function carriesFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') ?? false;
}

/** Whether a part of the page that takes files itself is under the pointer. */
function hasPlace({ target }: DragEvent): boolean {
  return target instanceof Element && target.closest('[data-takes-files]') !== null;
}

function takesText(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null;
}
