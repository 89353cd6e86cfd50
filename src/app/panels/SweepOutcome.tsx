import { useRef, useState } from 'react';
import { SweepSurface } from '../charts/SweepSurface.tsx';
import { tickText } from '../charts/ticks.ts';
import { FigureMenu } from '../figures/FigureMenu.tsx';
import type { Table } from '../figures/tables.ts';
import { percent } from '../format.ts';
import type { SweepView } from '../sweep/pilotView.ts';
import { sweepConfigs } from '../sweep/sweepPlan.ts';
import { dataOf, doubtMark, doubtOf, failuresOf, madeOf, Outdated } from './PilotControls.tsx';

const values = {
  m0: { label: 'share from z, mean of the last third of positions', text: percent },
  control: {
    label: 'control: correlation of series and free runs',
    text: (value: number) => tickText(Number(value.toFixed(2))),
  },
} as const;

/** What a sweep has measured so far. */
export function SweepOutcome({ sweep }: { sweep: SweepView }) {
  const [value, setValue] = useState<keyof typeof values>('m0');
  const figure = useRef<HTMLDivElement>(null);
  const { ends, starts, steps, results } = sweep;
  const doubt = value === 'm0' ? doubtOf(sweep) : '';
  return (
    <>
      <div className="row">
        <label className="inline-choice">
          <span className="fine">Surface</span>
          <select value={value} onChange={({ target }) => setValue(target.value as typeof value)}>
            {Object.entries(values).map(([name, { label }]) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <FigureMenu
          target={figure}
          name="sweep"
          caption={`Sweep over N and M, ${madeOf(sweep)}${doubt && `.${doubt}`}`}
          table={() => sweepTable(sweep)}
        />
      </div>
      <Outdated view={sweep} runsOf={(config) => sweepConfigs(config, ends.length, steps)} />
      <div ref={figure}>
        <SweepSurface
          {...values[value]}
          rows={ends}
          columns={starts}
          values={results.map((result) => result && (result.measures?.[value] ?? Number.NaN))}
          marks={results.map((result) =>
            value === 'm0' && result?.measures?.trusted === false ? doubtMark : '',
          )}
        />
      </div>
      <p className="fine">
        {madeOf(sweep)}; with one seed, differences between neighbours may be no more than chance.
        {doubt}
        {failuresOf(sweep).map((text) => ` ${text}`)}
      </p>
    </>
  );
}

/** The sweep as it is saved. */
export function sweepTable({ ends, starts, results, steps, config }: SweepView): Table {
  const columns = [
    ...['data', 'seed', 'steps', 'N', 'M', 'm_{t,0}, last third', 'm_{t,0} trusted', 'control'],
    ...['log-likelihood (nats / step)', 'swap, last third (nats / step)'],
  ];
  const origin = [dataOf(config), config.train.seed, steps];
  const rows = ends.flatMap((end, row) =>
    starts.map((start, column) => {
      const { measures } = results[row * starts.length + column] ?? {};
      if (!measures) return [...origin, end, start, Number.NaN, '', Number.NaN, Number.NaN, Number.NaN];
      const { m0, trusted, control, logLikelihood, swap } = measures;
      const sure = trusted ? 'yes' : 'no';
      return [...origin, end, start, m0, sure, control, logLikelihood.value, swap.value];
    }),
  );
  return { columns, rows };
}
