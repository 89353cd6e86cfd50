import { useState } from 'react';
import { lab } from '../lab.ts';
import { deletedRuns } from '../runs/knownRuns.ts';
import { useLab } from '../store.ts';
import { CloseButton } from './CloseButton.tsx';
import styles from './shell.module.css';

/** What was deleted last can be brought back until this is dismissed; it does not go by itself, since some read slowly. */
export function UndoToast() {
  const deleted = useLab((state) => state.deleted);
  const [dismissed, setDismissed] = useState<typeof deleted>();
  const open = deleted !== undefined && deleted !== dismissed;
  return (
    // The empty region is there before the news, or screen readers would miss it.
    <div role="status" className={open ? styles.toast : undefined}>
      {open && (
        <Deleted
          names={deletedRuns(deleted).map(({ name }) => name)}
          onUndo={() => {
            lab.runs.undoDelete();
            focusSoon(
              deleted.run
                ? `[aria-label="Delete ${CSS.escape(deleted.run.name)}"]`
                : '[aria-label="Stopped run"] button:enabled',
            );
          }}
          onDismiss={() => setDismissed(deleted)}
        />
      )}
    </div>
  );
}

/** The button that was pressed goes with the toast: where what came back is on the screen, the focus goes there. */
const focusSoon = (selector: string) =>
  requestAnimationFrame(() => document.querySelector<HTMLElement>(selector)?.focus());

/** What the toast says. */
export function Deleted({
  names,
  onUndo,
  onDismiss,
}: {
  names: readonly string[];
  onUndo: () => void;
  onDismiss: () => void;
}) {
  return (
    <>
      <span>
        Deleted the {names.length === 1 ? 'run' : 'runs'} <strong>{names.join(' and ')}</strong>.
      </span>
      <button type="button" onClick={onUndo}>
        Undo
      </button>
      <CloseButton label="Dismiss" onClose={onDismiss} />
    </>
  );
}
