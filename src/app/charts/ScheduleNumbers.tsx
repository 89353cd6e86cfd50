import { useId, useState } from 'react';
import { timestepAt } from '../../engine/diffusion/schedule.ts';
import styles from './ScheduleNumbers.module.css';
import { type SignalUnit, signalText, weightStep, type Zones, zoneChange } from './scheduleTimesteps.ts';

/** N or M as a number to type, in timesteps or as the percentage of the signal kept there. */
export function ZoneNumber(
  props: Zones & {
    name: 'N' | 'M';
    unit: SignalUnit;
    onChange: (change: { N?: number; M?: number }) => void;
  },
) {
  const { name, alphaBar, N, M, unit, onChange } = props;
  const value = name === 'N' ? N : M;
  const kept = alphaBar[value] ?? Number.NaN;
  const shown = unit === 'steps' ? String(value) : String(Number((100 * kept).toPrecision(3)));
  const [draft, setDraft] = useState<string>();
  const commit = () => {
    const asked = draft === undefined || draft.trim() === '' ? Number.NaN : Number(draft);
    setDraft(undefined);
    if (!Number.isFinite(asked)) return;
    const timestep = unit === 'steps' ? asked : timestepAt(alphaBar, asked / 100);
    onChange(
      zoneChange(name === 'N' ? { N: timestep } : { M: timestep }, {
        N,
        M,
        numTimesteps: alphaBar.length - 1,
      }),
    );
  };
  return (
    <label className={styles.number}>
      <span>
        <i className={name === 'N' ? styles.inferenceMark : styles.collapseMark} aria-hidden="true" />
        {name}, {unit === 'steps' ? 'timestep' : '% of the signal'}
      </span>
      <input
        inputMode="decimal"
        value={draft ?? shown}
        onChange={({ target }) => setDraft(target.value)}
        onBlur={commit}
        onKeyDown={({ key }) => {
          if (key === 'Enter') commit();
          if (key === 'Escape') setDraft(undefined);
        }}
      />
      <span className={styles.says}>
        {unit === 'steps' ? `${signalText(kept)} of the signal kept` : `timestep ${value}`}
      </span>
    </label>
  );
}

/** A slider for gamma or eta. @param says what its value comes to */
export function WeightNumber(props: {
  symbol: string;
  name: string;
  value: number;
  range: readonly [number, number];
  onChange: (value: number) => void;
  says: string;
}) {
  const { symbol, name, value, range, onChange, says } = props;
  const id = useId();
  return (
    <label className={styles.number} htmlFor={id}>
      <span>
        {symbol} = {Number(value.toPrecision(3))}
      </span>
      <input
        id={id}
        type="range"
        min={range[0]}
        max={range[1]}
        step={weightStep}
        value={value}
        aria-label={name}
        aria-valuetext={`${name} = ${Number(value.toPrecision(3))}: ${says}`}
        onChange={({ target }) => onChange(Number(target.value))}
      />
      <span className={styles.says}>{says}</span>
    </label>
  );
}
