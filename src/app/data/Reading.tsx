import type { ReadProgress } from '../../engine/data/readSource.ts';
import { bytes, duration } from '../format.ts';
import { lab } from '../lab.ts';

/** How far a long file has been read, with the way out. */
export function Reading({ name, bytes: read, size, rows, secondsLeft }: ReadProgress & { name: string }) {
  return (
    <div className="stack" data-testid="reading">
      <p className="soft" role="status">
        Reading <strong>{name}</strong>: {bytes(read)} of {bytes(size)}, {rows.toLocaleString('en')} rows
        {Number.isFinite(secondsLeft) && `, ${duration(secondsLeft)} left`}.
      </p>
      <div className="row">
        <progress max={size} value={read} aria-label={`${name} read`} />
        <button type="button" onClick={() => lab.data.cancel()}>
          Cancel
        </button>
      </div>
    </div>
  );
}
