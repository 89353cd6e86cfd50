import { useState } from 'react';
import { ScheduleCurves } from './ScheduleCurves.tsx';
import styles from './ScheduleHandles.module.css';
import { WeightNumber, ZoneNumber } from './ScheduleNumbers.tsx';
import { height, margin, type SchedulePlot, shareAt, xOf, yOf } from './schedulePlot.ts';
import {
  etaFor,
  gammaFor,
  likelihoodWeight,
  penaltyWeight,
  type SignalUnit,
  signalText,
  weightStep,
  type Zones,
  zoneChange,
} from './scheduleTimesteps.ts';
import { rem } from './textScale.ts';
import { useWidth } from './useWidth.ts';

/**
 * alphaBar over the timesteps of the diffusion, with the inference zone [0, N] and the collapse zone [M, L] as handles, and
 * what gamma and eta make of them: the weights of likelihood and penalty, which can be dragged where they meet N and M.
 * @param unit what the handles read in; a choice of the reader's where it is left out
 */
export function ScheduleHandles(
  props: Zones & {
    gamma: number;
    eta: number;
    onChange: (change: { N?: number; M?: number; gamma?: number; eta?: number }) => void;
    unit?: SignalUnit;
  },
) {
  const { alphaBar, N, M, gamma, eta, onChange } = props;
  const [chosen, setUnit] = useState<SignalUnit>('steps');
  const [logarithmic, setLogarithmic] = useState(false);
  const unit = props.unit ?? chosen;
  const [place, width] = useWidth<HTMLDivElement>(320);
  const last = alphaBar.length - 1;
  const plot = { width, last, logarithmic };
  const gammaRange = [0, Math.max(20, gamma)] as const;
  const etaRange = [weightStep, Math.max(20, eta)] as const;
  return (
    <fieldset className={styles.schedule} aria-label="Zones of the noise schedule">
      <div className={styles.choices} data-figure="skip">
        {props.unit === undefined && (
          <label>
            Read in{' '}
            <select value={unit} onChange={({ target }) => setUnit(target.value as SignalUnit)}>
              <option value="steps">timesteps</option>
              <option value="signal">signal kept</option>
            </select>
          </label>
        )}
        <label>
          <input
            type="checkbox"
            checked={logarithmic}
            onChange={({ target }) => setLogarithmic(target.checked)}
          />{' '}
          log scale
        </label>
      </div>
      <div ref={place} className={styles.plot}>
        <ScheduleCurves alphaBar={alphaBar} N={N} M={M} gamma={gamma} eta={eta} unit={unit} plot={plot} />
        <ZoneHandle name="N" {...{ alphaBar, N, M, unit, width, onChange }} />
        <ZoneHandle name="M" {...{ alphaBar, N, M, unit, width, onChange }} />
        <svg
          className={styles.weights}
          viewBox={`0 0 ${width} ${height}`}
          width={rem(width)}
          height={rem(height)}
          aria-hidden="true"
          data-figure="skip"
        >
          {N > 0 && (
            <WeightHandle
              symbol="γ"
              timestep={N}
              weight={likelihoodWeight(alphaBar, gamma, N)}
              plot={plot}
              onDrag={(weight) => onChange({ gamma: gammaFor(alphaBar, weight, N, gammaRange) })}
            />
          )}
          <WeightHandle
            symbol="η"
            timestep={M}
            weight={penaltyWeight(alphaBar, eta, M)}
            plot={plot}
            onDrag={(weight) => onChange({ eta: etaFor(alphaBar, weight, M, etaRange) })}
          />
        </svg>
      </div>
      <div className={styles.numbers}>
        <ZoneNumber name="N" {...{ alphaBar, N, M, unit, onChange }} />
        <ZoneNumber name="M" {...{ alphaBar, N, M, unit, onChange }} />
        <WeightNumber
          symbol="γ"
          name="gamma"
          value={gamma}
          range={gammaRange}
          onChange={(next) => onChange({ gamma: next })}
          says={`likelihood weighs ${signalText(likelihoodWeight(alphaBar, gamma, N))} at\u00a0N`}
        />
        <WeightNumber
          symbol="η"
          name="eta"
          value={eta}
          range={etaRange}
          onChange={(next) => onChange({ eta: next })}
          says={`penalty weighs ${signalText(penaltyWeight(alphaBar, eta, M))} at\u00a0M`}
        />
      </div>
    </fieldset>
  );
}

/** The end of a zone: a native slider as wide as the plot, of which only the thumb can be touched. */
function ZoneHandle(
  props: Zones & {
    name: 'N' | 'M';
    unit: SignalUnit;
    width: number;
    onChange: (change: { N?: number; M?: number }) => void;
  },
) {
  const { name, alphaBar, N, M, unit, width, onChange } = props;
  const value = name === 'N' ? N : M;
  const last = alphaBar.length - 1;
  return (
    <input
      type="range"
      className={styles.handle}
      style={{
        left: rem(margin.left - 9),
        width: rem(width - margin.left - margin.right + 18),
        height: rem(height),
      }}
      min={0}
      max={last}
      value={value}
      aria-label={name === 'N' ? 'N, end of the inference zone' : 'M, start of the collapse zone'}
      aria-valuetext={handleText(name, value, alphaBar, unit)}
      onChange={({ target }) => {
        const asked = Number(target.value);
        const change = name === 'N' ? { N: asked } : { M: asked };
        onChange(zoneChange(change, { N, M, numTimesteps: last }));
      }}
    />
  );
}

/** What a handle says: `N = 50: 97 % of the signal kept`. */
function handleText(name: 'N' | 'M', timestep: number, alphaBar: Float64Array, unit: SignalUnit): string {
  const kept = signalText(alphaBar[timestep] ?? Number.NaN);
  return unit === 'steps'
    ? `${name} = ${timestep}: ${kept} of the signal kept`
    : `${kept} of the signal kept: ${name} = ${timestep}`;
}

/** The end of a weight's curve, to be dragged up and down with the pointer; the slider below does the same by keyboard. */
function WeightHandle(props: {
  symbol: string;
  timestep: number;
  weight: number;
  plot: SchedulePlot;
  onDrag: (weight: number) => void;
}) {
  const { symbol, timestep, weight, plot, onDrag } = props;
  const [x, y] = [xOf(timestep, plot), yOf(weight, plot)];
  const drag = ({ clientY, currentTarget }: React.PointerEvent<SVGCircleElement>) => {
    const box = currentTarget.ownerSVGElement?.getBoundingClientRect();
    if (box) onDrag(shareAt(((clientY - box.top) * height) / box.height, plot));
  };
  const side = timestep < plot.last / 2 ? 1 : -1;
  return (
    <>
      <circle
        className={styles.weight}
        cx={x}
        cy={y}
        r={7}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          event.preventDefault();
        }}
        onPointerMove={(event) => {
          if (event.buttons === 1) drag(event);
        }}
      />
      <text x={x + 13 * side} y={y + 4} textAnchor={side > 0 ? 'start' : 'end'}>
        {symbol}
      </text>
    </>
  );
}
