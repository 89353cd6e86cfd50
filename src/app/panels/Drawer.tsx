import { useEffect, useRef } from 'react';
import { lab } from '../lab.ts';
import { useQuiet } from '../quiet.ts';
import { Later, later } from '../shell/Later.tsx';
import { useLab } from '../store.ts';
import type { View } from '../view.ts';

const tabs: Record<View['drawer'], { label: string; Content: React.ComponentType }> = {
  losses: { label: 'Losses', Content: later(() => import('./LossPanel.tsx'), 'LossPanel') },
  scores: { label: 'Scores', Content: later(() => import('./ScoresPanel.tsx'), 'ScoresPanel') },
  runs: { label: 'Runs', Content: later(() => import('./RunsTable.tsx'), 'RunsTable') },
  memory: { label: 'GPU', Content: later(() => import('./MemoryPanel.tsx'), 'MemoryPanel') },
  log: { label: 'Log', Content: later(() => import('./LogPanel.tsx'), 'LogPanel') },
  export: { label: 'Export', Content: later(() => import('../export/ExportPanel.tsx'), 'ExportPanel') },
  sweep: { label: 'Sweep', Content: later(() => import('./SweepPanel.tsx'), 'SweepPanel') },
};
const tabId = (name: View['drawer']) => `drawer-${name}`;

/** Opens a tab and goes there: it stands far below what leads to it. */
export function goToTab(name: View['drawer']): void {
  lab.show({ drawer: name });
  document.getElementById(tabId(name))?.focus();
}

/** Scrolls a row, and nothing around it, until a part of it is in sight. */
function showWithin(row: HTMLElement, part: HTMLElement | null): void {
  if (!part) return;
  const [place, { left, right }] = [row.getBoundingClientRect(), part.getBoundingClientRect()];
  if (left < place.left) row.scrollLeft += left - place.left;
  else if (right > place.right) row.scrollLeft += right - place.right;
}

const names = Object.keys(tabs) as View['drawer'][];

/**
 * What is looked at now and then: losses, scores, runs, memory, log, exports, a sweep. Arrow keys go from tab to tab. The content of a tab is
 * fetched when it is opened, that of the first one once the page is quiet.
 */
export function Drawer() {
  const open = useLab(({ view }) => view.drawer);
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (row.current) showWithin(row.current, document.getElementById(tabId(open)));
  }, [open]);
  const quiet = useQuiet();
  const { Content } = tabs[open];
  const move = (event: React.KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = step && names[(names.indexOf(open) + step + names.length) % names.length];
    if (!next) return;
    event.preventDefault();
    goToTab(next);
  };
  return (
    <section aria-label={tabs[open].label} className="drawer">
      <div ref={row} role="tablist" aria-label="More" onKeyDown={move}>
        {names.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={tabId(name)}
            aria-selected={name === open}
            aria-controls="drawer-content"
            tabIndex={name === open ? 0 : -1}
            onClick={() => lab.show({ drawer: name })}
          >
            {tabs[name].label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="drawer-content" aria-labelledby={tabId(open)} className="drawer-content">
        {quiet && (
          <Later key={open}>
            <Content />
          </Later>
        )}
      </div>
    </section>
  );
}
