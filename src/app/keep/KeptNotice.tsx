import { useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { useGpuNeed } from '../gpuNeed.ts';
import { lab } from '../lab.ts';
import { telling } from '../project/projectState.ts';
import { deletedRuns } from '../runs/knownRuns.ts';
import { canTrain, isBusy, mayTakeUp, useLab } from '../store.ts';
import { fixed } from '../view.ts';
import { type KeptRun, stoppedRuns } from './keptRun.ts';

/** Runs that an earlier visit left in the middle, and whatever stands in the way of keeping this one's. */
export function KeptNotice() {
  const kept = useLab((state) => state.kept);
  const seen = useLab(
    useShallow(({ runs, deleted }) => [...runs, ...deletedRuns(deleted)].map(({ id }) => id)),
  );
  const begun = useLab(({ live }) => live.length > 0);
  const stopped = stoppedRuns(kept?.runs ?? [], seen);
  const lines = [
    kept?.status === 'elsewhere' &&
      'Another tab of this page keeps its runs. This one trains, and keeps nothing until that one is closed.',
    begun && kept?.problem,
    kept?.lost,
    ...(kept?.unread ?? []).map(
      ({ name, reason }) =>
        `The kept run ${name} stays kept and is not shown, since ${reason}: reload the page for its newest version.`,
    ),
  ];
  return (
    // The empty region is there before the news, or screen readers would miss it.
    <div role="status">
      {stopped.length > 0 && <Stopped runs={stopped} />}
      {lines.map((line) => line && <Line key={line}>{line}</Line>)}
    </div>
  );
}

function Stopped({ runs }: { runs: readonly KeptRun[] }) {
  const own = useLab((state) =>
    mayTakeUp(
      state,
      runs.map(({ config }) => config),
    ),
  );
  const able = useLab((state) => canTrain(state) && !isBusy(state)) && own;
  const need = useGpuNeed();
  const steps = [...new Set(runs.map(({ step }) => count(step)))];
  const place = `${steps.length > 1 ? 'steps' : 'step'} ${list(steps)}`;
  return (
    <section className="notice row wide" aria-label="Stopped run">
      <p>
        <strong>{list(runs.map(({ name }) => name))}</strong> stopped at {place} of{' '}
        {count(runs[0]?.config.train.steps ?? 0)}.
      </p>
      <button
        type="button"
        className="primary"
        disabled={!able}
        {...need(own ? 'Opens the data and the settings, and trains on' : fixed.settings)}
        onClick={() =>
          telling('Resuming…', async () => {
            lab.resume(runs);
            return undefined;
          })
        }
      >
        Resume {runs.length > 1 && 'both '}at {place}
      </button>
      <button type="button" title="Can be undone" onClick={() => lab.runs.discard(runs)}>
        Discard
      </button>
    </section>
  );
}

function Line({ children }: { children: string }) {
  const [read, setRead] = useState(false);
  if (read) return null;
  return (
    <div className="notice row wide">
      <p>{children}</p>
      <button type="button" onClick={() => setRead(true)}>
        OK
      </button>
    </div>
  );
}

const count = (value: number) => value.toLocaleString('en');
const list = (items: readonly string[]) => items.join(' and ');
