import { sourceByName } from '../../engine/data/sources.ts';
import type { ReportData, ReportRun } from '../../engine/train/reportData.ts';
import { drawnAtMost } from '../charts/runStyle.ts';
import { duration } from '../format.ts';
import { modelKeys } from '../settings/describe.ts';
import styles from './report.module.css';

/** What is known of every run in words, and what is missing; where not all can be drawn over one another, which are. */
export function RunList(
  props: Pick<ReportData, 'runs' | 'notes'> & {
    /** Labels of the runs that are drawn. */
    drawn: readonly string[];
    onDrawn: (labels: readonly string[]) => void;
  },
) {
  const { runs, notes, drawn, onDrawn } = props;
  return (
    <section aria-label="Runs" className="panel">
      <h2>Runs</h2>
      {runs.length > 0 && (
        <ul className={styles.list}>
          {runs.map((run) => (
            <li key={run.label}>
              {runs.length > drawnAtMost && <DrawnTick label={run.label} drawn={drawn} onDrawn={onDrawn} />}{' '}
              <strong>{run.label}</strong>: {aboutRun(run)}.
              {run.notes.map((note) => (
                <p key={note} className="notice warn">
                  {note}
                </p>
              ))}
            </li>
          ))}
        </ul>
      )}
      {runs.length > drawnAtMost && (
        <p className="soft">
          Of more than {drawnAtMost} runs those that are ticked are drawn over one another, at most{' '}
          {drawnAtMost}, since no more lines can be told apart.
        </p>
      )}
      {notes.map((note) => (
        <p key={note} className="soft">
          {note}
        </p>
      ))}
    </section>
  );
}

function DrawnTick(props: {
  label: string;
  drawn: readonly string[];
  onDrawn: (labels: readonly string[]) => void;
}) {
  const { label, drawn, onDrawn } = props;
  const checked = drawn.includes(label);
  const full = !checked && drawn.length >= drawnAtMost;
  return (
    <input
      type="checkbox"
      aria-label={`Draw ${label}`}
      title={full ? `${drawnAtMost} runs are drawn: take one away first` : undefined}
      checked={checked}
      disabled={full}
      onChange={() => onDrawn(checked ? drawn.filter((one) => one !== label) : [...drawn, label])}
    />
  );
}

/** Data, networks and training, then what the folder of a run says of how it was made. */
function aboutRun({ dataset, config: { data, model, train }, steps, record }: ReportRun): string {
  const series = data.layout === 'series' ? 'whole series' : `windows of ${data.window}`;
  const { train: trained, validation, test } = record?.split ?? {};
  const split = record ? ` (${trained} to train on, ${validation} to validate on, ${test} held out)` : '';
  const [done, all] = [steps, train.steps].map((count) => count.toLocaleString('en'));
  const reached = record
    ? `${record.state} after ${done} steps in ${duration(record.seconds)}`
    : `${done} of ${all} steps`;
  return [
    `${sourceByName(dataset)?.title ?? dataset}, ${series}${split}`,
    `${modelKeys['model.backbone'].choices[model.backbone]}, hidden size ${model.hiddenSize}, latent size ${model.latentSize}`,
    `${reached}, seed ${train.seed}`,
    ...(record ? [`${record.adapter}, version ${record.version}, ${record.started.slice(0, 10)}`] : []),
  ].join('; ');
}
