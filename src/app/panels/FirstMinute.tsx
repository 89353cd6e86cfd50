import { describedMethod } from '../../engine/methods/descriptions.ts';
import { useGpuNeed } from '../gpuNeed.ts';
import { lab } from '../lab.ts';
import { recordedPair } from '../runs/labels.ts';
import {
  bothAsSet,
  bothConfigs,
  canTrain,
  isBusy,
  mayTrainBoth,
  secondMethod,
  shownRuns,
  useLab,
} from '../store.ts';
import { fixed } from '../view.ts';

/** The ways on: train both, take the noise away, shuffle the data, use one's own series. */
export function FirstMinute() {
  const need = useGpuNeed();
  const missing = useLab(({ gpu }) => gpu.status === 'missing');
  const able = useLab(canTrain);
  const busy = useLab(isBusy);
  const mode = useLab(({ view }) => view.mode);
  const shuffled = useLab(({ config }) => config.data.shuffle);
  const locked = useLab(({ view }) => view.locked);
  const mayBoth = useLab(mayTrainBoth);
  const bothFixed = useLab((state) => state.view.locked && !bothAsSet(state));
  const second = useLab(({ config }) => describedMethod(secondMethod(config)).label);
  const dataHidden = useLab(({ view }) => view.hide.includes('data'));
  const both = useLab(({ live }) => live.length === 2);
  const recorded = useLab((state) => recordedPair(shownRuns(state)));
  return (
    <div className="ways">
      {recorded && (
        <p className="soft">
          <strong>A recording</strong> of two models that make series from z, a few random numbers. The
          decoder of latent diffusion (left) ends up ignoring z; that of the posterior-stable model (right)
          goes on listening.{!missing && !bothFixed && ' Train both here to see it happen.'}
        </p>
      )}
      <div className="buttons">
        <button
          type="button"
          className={both ? undefined : 'primary'}
          disabled={!mayBoth}
          {...need(
            bothFixed ? fixed.settings : `Latent diffusion and ${second}: same data, same seed, side by side`,
          )}
          onPointerEnter={compileBoth}
          onFocus={compileBoth}
          onClick={() => lab.trainBoth()}
        >
          Train both live
        </button>
        <button
          type="button"
          aria-pressed={mode === 'mean'}
          title="Generate from means only: what is left of diversity comes from z"
          onClick={() => {
            lab.show({ mode: mode === 'mean' ? 'sample' : 'mean' });
            if (mode !== 'mean') showSeries();
          }}
        >
          Take the noise away
        </button>
        <button
          type="button"
          aria-pressed={shuffled}
          disabled={!able || busy || locked}
          {...need(
            locked
              ? fixed.data
              : 'Permutes the positions of every series and trains anew: local dependence that stays is invented',
          )}
          onClick={() => lab.shuffleData(!shuffled)}
        >
          Shuffle the data
        </button>
        {!dataHidden && (
          <button
            type="button"
            disabled={busy || locked}
            title={
              busy
                ? 'Pause the training first'
                : locked
                  ? fixed.data
                  : 'Leads to the Data panel, where a file is opened; it stays on this machine'
            }
            onClick={() => document.getElementById('open-data')?.focus()}
          >
            Use my series
          </button>
        )}
      </div>
    </div>
  );
}

/** See app/compileAhead. */
const compileBoth = () => lab.compileAhead(bothConfigs(useLab.getState()));

/** The series are what changes without the noise, and they stand below the first screen. */
function showSeries(): void {
  document.querySelector('[aria-label="Series"]')?.scrollIntoView({ block: 'nearest' });
}
