import type { GenerationMode } from '../../engine/train/config.ts';
import type { SampleSet } from '../../engine/train/protocol.ts';
import { type Range, rangeOf } from '../charts/SeriesPlot.tsx';
import { featureNames, type OpenFeatures } from '../runs/featureNames.ts';
import { at, type RunView } from '../runs/runView.ts';

/** One feature of the series of a run, as they are drawn. */
export interface DrawnSeries {
  run: RunView;
  samples: SampleSet;
  /** Of all features of its data. */
  names: readonly string[];
  /** The one that is drawn, of those that it has. */
  feature: number;
  /** Its name. */
  unit: string;
}

/** The runs that have series. @param chosen index of the feature; of a run with fewer, its last one is drawn */
export function drawnSeries(
  runs: readonly RunView[],
  chosen: number,
  playhead?: number,
  open?: OpenFeatures,
): DrawnSeries[] {
  return runs.flatMap((run): DrawnSeries[] => {
    const samples = at(run.samples, playhead);
    if (!samples) return [];
    const names = featureNames(run.config, samples.featureSize, open);
    const feature = Math.min(chosen, samples.featureSize - 1);
    return [{ run, samples, names, feature, unit: names[feature] ?? '' }];
  });
}

/** One scale for all that is drawn of the feature of this name; what other data hold has its own. */
export function sharedRange(drawn: readonly DrawnSeries[], unit: string, mode: GenerationMode): Range {
  const ranges = drawn
    .filter((one) => one.unit === unit)
    .map(({ samples, feature }) =>
      rangeOf(
        [samples.real, samples.generated[mode]].map((values) => ({ ...samples, values })),
        feature,
      ),
    );
  return [Math.min(...ranges.map(([low]) => low)), Math.max(...ranges.map(([, high]) => high))];
}
