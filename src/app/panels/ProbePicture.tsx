import type {
  PriorResult,
  ProbeResult,
  ShuffleResult,
  SwapResult,
  ZeroResult,
} from '../../engine/train/protocol.ts';
import { DependenceOverlay } from '../charts/DependenceOverlay.tsx';
import { SeriesMultiples } from '../charts/SeriesMultiples.tsx';
import { rangeOf, SeriesPlot } from '../charts/SeriesPlot.tsx';
import { figure, percent } from '../format.ts';
import styles from './probes.module.css';

/** What a probe saw. The first feature stands for all. */
export function ProbePicture({ result }: { result: ProbeResult }) {
  switch (result.probe) {
    case 'swap':
      return <SwapPicture result={result} />;
    case 'prior':
      return <PriorPicture result={result} />;
    case 'zero':
      return <ZeroPicture result={result} />;
    case 'shuffle':
      return <ShufflePicture result={result} />;
  }
}

function SwapPicture({ result: { picture, windows, use } }: { result: SwapResult }) {
  if (windows < 2) return <p>There is one held-out series: an exchange of latents needs two.</p>;
  const { seqLen, featureSize, ids, real, predicted, freeRun } = picture;
  const set = (values: Float32Array) => ({ values, count: 1, seqLen, featureSize });
  const rows = [
    { label: 'the series, and the one it swaps with', own: real.own, other: real.other, kind: 'real' },
    {
      label: 'predicted one step ahead, the same past',
      own: predicted.own,
      other: predicted.other,
      kind: 'generated',
    },
    { label: 'run freely, means only', own: freeRun.own, other: freeRun.other, kind: 'generated' },
  ] as const;
  const range = rangeOf(
    rows.flatMap(({ own, other }) => [set(own), set(other)]),
    0,
  );
  return (
    <figure className={styles.grid}>
      <h4>own z</h4>
      <h4>swapped z</h4>
      {rows.map(({ label, own, other, kind }) => (
        <div key={label} className={styles.row}>
          <p className="fine">{label}</p>
          <div className={styles.pair}>
            {[own, other].map((values, index) => (
              <SeriesPlot
                key={index === 0 ? 'own' : 'other'}
                set={set(values)}
                series={0}
                feature={0}
                kind={kind}
                label={`${label}, ${index === 0 ? 'own' : 'other'} z`}
                range={range}
                ticks={index === 0}
              />
            ))}
          </div>
        </div>
      ))}
      <figcaption className="fine">
        {ids[0] === ids[1] ? 'Two pieces of one series' : `Series ${ids.join(' and ')}`}, the farthest apart,
        first feature over positions; over {windows} held-out series an exchange costs {figure(use.swap.all)}{' '}
        nats a step, noise in place of z {figure(use.noise.all)} nats a step.
      </figcaption>
    </figure>
  );
}

function PriorPicture({ result: { series, distances } }: { result: PriorResult }) {
  const { count, seqLen, featureSize, fromPrior, fromDiffusion } = series;
  const set = (values: Float32Array) => ({ values, count, seqLen, featureSize });
  const mode = 'noise-not-fed-back';
  const { between, floor, firstToReal, secondToReal } = distances[mode];
  return (
    <figure>
      <SeriesMultiples
        real={set(fromDiffusion[mode])}
        generated={set(fromPrior[mode])}
        feature={0}
        unit="first feature"
        names={{ real: 'with z from the diffusion', generated: 'with z from N(0, I)' }}
        view="overlay"
      />
      <figcaption className="fine">
        Noise not fed back, {count} of each. Sliced Wasserstein-2 between the sets {figure(between)}, between
        halves of one {figure(floor)}; to real series {figure(firstToReal)} from N(0, I),{' '}
        {figure(secondToReal)} from the diffusion.
      </figcaption>
    </figure>
  );
}

function ZeroPicture({ result: { series, lost, windows } }: { result: ZeroResult }) {
  const { count, seqLen, featureSize, fromEncoded, fromZero } = series;
  const shape = { seqLen, featureSize };
  return (
    <figure>
      <SeriesMultiples
        real={{ values: fromEncoded, count, ...shape }}
        generated={{ values: fromZero, count: 1, ...shape }}
        feature={0}
        unit="first feature"
        names={{ real: 'with their encoded z', generated: 'with z = 0' }}
        view="overlay"
      />
      <figcaption className="fine">
        Free runs, means only. Over {windows} held-out series z = 0 costs {figure(lost.all)} nats a step.
      </figcaption>
    </figure>
  );
}

function ShufflePicture({ result: { ordered, shuffled } }: { result: ShuffleResult }) {
  const runs = [
    { id: 'ordered', label: 'in order', colour: 0, curve: ordered.curve },
    { id: 'shuffled', label: 'shuffled', colour: 1, curve: shuffled.curve },
  ];
  return (
    <figure>
      <div className={styles.chart}>
        <DependenceOverlay runs={runs} show="both" seqLen={ordered.curve.points.length} />
      </div>
      <figcaption className="fine">
        {shuffled.curve.series} held-out series; in the last third {percent(shuffled.m0)} from z and{' '}
        {percent(shuffled.mLocal)} from the value before on shuffled positions, {percent(ordered.m0)} and{' '}
        {percent(ordered.mLocal)} in order.
      </figcaption>
    </figure>
  );
}
