import { useId } from 'react';
import { lab } from '../lab.ts';
import { useLab } from '../store.ts';
import type { View } from '../view.ts';
import { LogPanel } from './LogPanel.tsx';
import { LossPanel } from './LossPanel.tsx';
import { MemoryPanel } from './MemoryPanel.tsx';
import { RunsTable } from './RunsTable.tsx';
import { ScoresPanel } from './ScoresPanel.tsx';

const tabs: Record<View['drawer'], { label: string; Content: () => React.JSX.Element | null }> = {
  losses: { label: 'Losses', Content: LossPanel },
  scores: { label: 'Scores', Content: ScoresPanel },
  runs: { label: 'Runs', Content: RunsTable },
  memory: { label: 'GPU', Content: MemoryPanel },
  log: { label: 'Log', Content: LogPanel },
};
const names = Object.keys(tabs) as View['drawer'][];

/** What is looked at now and then: losses, scores, runs, memory, log. Arrow keys go from tab to tab. */
export function Drawer() {
  const open = useLab(({ view }) => view.drawer);
  const id = useId();
  const { Content } = tabs[open];
  const move = (event: React.KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = step && names[(names.indexOf(open) + step + names.length) % names.length];
    if (!next) return;
    event.preventDefault();
    lab.show({ drawer: next });
    document.getElementById(`${id}-${next}`)?.focus();
  };
  return (
    <section aria-label={tabs[open].label} className="drawer">
      <div role="tablist" aria-label="More" onKeyDown={move}>
        {names.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`${id}-${name}`}
            aria-selected={name === open}
            aria-controls={`${id}-content`}
            tabIndex={name === open ? 0 : -1}
            onClick={() => lab.show({ drawer: name })}
          >
            {tabs[name].label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-content`} aria-labelledby={`${id}-${open}`} className="drawer-content">
        <Content />
      </div>
    </section>
  );
}
