import { lab } from '../lab.ts';
import { useLab } from '../store.ts';
import styles from './data.module.css';
import { type Bounds, boundsOf, moveBound, splitAt } from './split.ts';

const parts = ['Training', 'validation', 'test'];

/** Where a column says which part a series is for, that; else two handles on one bar: where training ends, and validation. */
export function SplitSlider() {
  const part = useLab(({ config }) => config.data.part);
  if (part === null) return <Shares />;
  return (
    <p className="fine">
      <span className={styles.label}>Split</span> as the column ‘{part}’ says. Features are scaled by mean and
      deviation of the training part alone; charts show the data’s own units.
    </p>
  );
}

function Shares() {
  const split = useLab(({ config }) => config.data.split);
  const bounds = boundsOf(split);
  const [train, validation] = bounds;
  const shares = [train, validation - train, 100 - validation];
  const text = parts.map((part, i) => `${part} ${shares[i]} %`).join(', ');
  const handle = (which: 0 | 1, label: string) => (
    <input
      type="range"
      aria-label={label}
      aria-valuetext={text}
      min={0}
      max={100}
      step={1}
      value={bounds[which]}
      onChange={({ target }) => set(moveBound(bounds, which, target.valueAsNumber))}
    />
  );
  return (
    <div className={styles.split}>
      <p className={styles.label}>
        Split <span className="unit">{text}</span>
      </p>
      <div
        className={styles.bar}
        style={{ gridTemplateColumns: shares.map((share) => `${share}fr`).join(' ') }}
      >
        <span className={styles.train} />
        <span className={styles.validation} />
        <span className={styles.test} />
        {handle(0, 'End of the training part')}
        {handle(1, 'End of the validation part')}
      </div>
      <p className="fine">
        Whole series go to one part; a single series is cut by time, the test part last. Features are scaled
        by mean and deviation of the training part alone; charts show the data’s own units.
      </p>
    </div>
  );
}

function set(bounds: Bounds): void {
  lab.set({ 'data.split': splitAt(bounds) });
}
