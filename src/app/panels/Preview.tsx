import { useState } from 'react';
import { rangeOf, SeriesPlot } from '../charts/SeriesPlot.tsx';
import type { PreparedSummary } from '../workerProtocol.ts';
import { FeatureChoice } from './FeatureChoice.tsx';

/** Three training windows, how many there are of each part, and what was left out on the way. */
export function Preview({ prepared }: { prepared: PreparedSummary }) {
  const { preview, features, counts, notes, whole } = prepared;
  const [chosen, setChosen] = useState(0);
  const feature = Math.min(chosen, features.length - 1);
  const range = rangeOf([preview], feature);
  const { train, validation, test } = counts;
  return (
    <div className="stack" data-testid="preview">
      <h3>
        {preview.count === 1
          ? `The training ${whole ? 'series' : 'window'}`
          : `${words[preview.count]} of ${train.toLocaleString('en')} training ${whole ? 'series' : 'windows'}`}
      </h3>
      <FeatureChoice features={features} chosen={feature} choose={setChosen} />
      <div className="previews">
        {places.slice(0, preview.count).map((n) => (
          <SeriesPlot
            key={n}
            set={preview}
            series={n}
            feature={feature}
            range={range}
            ticks={n === 0}
            kind="real"
            label={`${whole ? 'Series' : 'Window'} ${n + 1}`}
          />
        ))}
      </div>
      <p className="fine">
        {train.toLocaleString('en')} {whole ? 'series' : 'windows'} to train on,{' '}
        {validation.toLocaleString('en')} to validate, {test.toLocaleString('en')} to test. {notes.join(' ')}
      </p>
    </div>
  );
}

const places = [0, 1, 2];
const words = ['None', 'One', 'Two', 'Three'];
