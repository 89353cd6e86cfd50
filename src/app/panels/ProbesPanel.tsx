import { verdict } from '../../engine/metrics/verdict.ts';
import type { ProbeName } from '../../engine/train/protocol.ts';
import { useGpuNeed } from '../gpuNeed.ts';
import { lab } from '../lab.ts';
import { labelOf } from '../runs/labels.ts';
import { latentsFrom } from '../runs/lossHistory.ts';
import type { RunView } from '../runs/runView.ts';
import { Later, later } from '../shell/Later.tsx';
import { useShown } from '../shown.ts';
import { isBusy, useLab } from '../store.ts';
import styles from './probes.module.css';

const ProbePicture = later(() => import('./ProbePicture.tsx'), 'ProbePicture');

/** The probes, one press each: what the button says, and what it does. */
const probes: readonly { name: ProbeName; label: string; help: string }[] = [
  {
    name: 'swap',
    label: 'Swap latents',
    help: 'Held-out series exchange their latents under the same past: what it costs is what the decoder reads in z.',
  },
  {
    name: 'prior',
    label: 'Draw z from N(0, I)',
    help: 'Instead of the diffusion. With a collapsed posterior the series are the same (Proposition 3.1).',
  },
  {
    name: 'zero',
    label: 'Set z to 0',
    help: 'The decoder without any latent: what it still knows comes from the values alone.',
  },
  {
    name: 'shuffle',
    label: 'Shuffle positions',
    help: 'Dependence on the value before, where its order says nothing, is invented.',
  },
];

/** Probes of the runs whose weights are at hand, each with a verdict in plain words. */
export function ProbesPanel() {
  const runs = useShown('status', 'curves', 'asked');
  const live = useLab((state) => state.live);
  const need = useGpuNeed();
  const busy = useLab(isBusy);
  const missing = useLab(({ gpu }) => gpu.status === 'missing');
  const open = runs.filter(
    ({ id, status, curves }) => live.includes(id) && status !== 'loading' && curves.length > 0,
  );
  const asked = probes.findLast(({ name }) => open.some((run) => run.asked[name]));
  return (
    <section aria-label="Probes" className="panel">
      <h2>Probes</h2>
      <div className={styles.buttons}>
        {probes.map(({ name, label, help }) => (
          <button
            key={name}
            type="button"
            {...need(help)}
            disabled={open.length === 0 || open.some((run) => run.asked[name]?.state === 'asking')}
            onClick={() => {
              for (const { id } of open) lab.ask(id, name);
            }}
          >
            {label}
          </button>
        ))}
      </div>
      {!asked && (
        <p className="soft">
          {open.length > 0
            ? `One press asks the model as it is now${busy ? '; training goes on, and every new curve clears the answers' : ''}.`
            : missing
              ? 'Probes ask a trained model, and need a GPU to train and to ask it: this browser offers none.'
              : 'Probes ask a trained model: does it read what z says, only that z is real, or nothing? Train one first.'}
        </p>
      )}
      <div aria-live="polite" className="stack">
        {probes.map(({ name, label }) => (
          <Findings key={name} probe={name} label={label} runs={open} among={runs} />
        ))}
      </div>
    </section>
  );
}

function Findings(props: {
  probe: ProbeName;
  label: string;
  runs: readonly RunView[];
  among: readonly RunView[];
}) {
  const { probe, label, runs, among } = props;
  const asked = runs.filter((run) => run.asked[probe]);
  if (asked.length === 0) return null;
  return (
    <section aria-label={label} className={styles.findings} data-testid={`probe-${probe}`}>
      <h3>{label}</h3>
      {asked.map((run) => (
        <Finding key={run.id} run={run} probe={probe} title={labelOf(run, among)} />
      ))}
    </section>
  );
}

/** Of a method without a diffusion; its sets differ by chance alone. */
const itsOwnPrior = {
  finding: 'same',
  sentence: 'This method draws z from N(0, I) itself: there is no diffusion to compare with.',
} as const;

function Finding({ run, probe, title }: { run: RunView; probe: ProbeName; title: string }) {
  const asked = run.asked[probe];
  if (!asked) return null;
  if (asked.state === 'asking') return <p className="soft">{title}: measuring…</p>;
  if (asked.state === 'failed') return <p className="notice warn">{`${title}: ${asked.message}`}</p>;
  const { finding, sentence } =
    probe === 'prior' && latentsFrom(run.config) === 'prior' ? itsOwnPrior : verdict(asked.answer);
  return (
    <div className={styles.finding} data-finding={finding}>
      <p>
        <strong>{title}.</strong> {sentence}
      </p>
      {sentence !== itsOwnPrior.sentence && (
        <Later>
          <ProbePicture result={asked.answer} />
        </Later>
      )}
    </div>
  );
}
