import { useId, useState } from 'react';
import { timestepAt } from '../../engine/diffusion/schedule.ts';
import styles from './ScheduleHandles.module.css';
import {
  etaFor,
  gammaFor,
  likelihoodWeight,
  penaltyWeight,
  signalText,
  weightStep,
  zoneChange,
} from './scheduleTimesteps.ts';
import { rem } from './textScale.ts';
import { thin } from './thin.ts';
import { roundTicks } from './ticks.ts';
import { useWidth } from './useWidth.ts';

export interface ZoneChange {
  N?: number;
  M?: number;
  gamma?: number;
  eta?: number;
}

const margin = { left: 40, right: 10, top: 6, bottom: 32 };
const height = 170;
const decades = 4;

/**
 * alphaBar over the timesteps of the diffusion, with the inference zone [0, N] and the collapse zone [M, L] as handles, and
 * what gamma and eta make of them: the weights of likelihood and penalty, which can be dragged where they meet N and M.
 * @param alphaBar [L + 1], index 0 the clean end
 * @param unit what the handles read in; a choice of the reader's where it is left out
 */
export function ScheduleHandles(props: {
  alphaBar: Float64Array;
  N: number;
  M: number;
  gamma: number;
  eta: number;
  onChange: (change: ZoneChange) => void;
  unit?: 'steps' | 'signal';
}) {
  const { alphaBar, N, M, gamma, eta, onChange } = props;
  const [chosen, setUnit] = useState<'steps' | 'signal'>('steps');
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
            <select value={unit} onChange={({ target }) => setUnit(target.value as typeof unit)}>
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
        <Curves alphaBar={alphaBar} N={N} M={M} gamma={gamma} eta={eta} unit={unit} plot={plot} />
        {(['N', 'M'] as const).map((name) => {
          const value = name === 'N' ? N : M;
          return (
            <input
              key={name}
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
        })}
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
        <Zone name="N" value={N} {...{ alphaBar, N, M, unit, onChange }} />
        <Zone name="M" value={M} {...{ alphaBar, N, M, unit, onChange }} />
        <Weight
          symbol="γ"
          name="gamma"
          value={gamma}
          range={gammaRange}
          onChange={(next) => onChange({ gamma: next })}
          says={`likelihood weighs ${signalText(likelihoodWeight(alphaBar, gamma, N))} at N`}
        />
        <Weight
          symbol="η"
          name="eta"
          value={eta}
          range={etaRange}
          onChange={(next) => onChange({ eta: next })}
          says={`penalty weighs ${signalText(penaltyWeight(alphaBar, eta, M))} at M`}
        />
      </div>
    </fieldset>
  );
}

/** What a handle says: `N = 50: 97 % of the signal kept`. */
export function handleText(
  name: 'N' | 'M',
  timestep: number,
  alphaBar: Float64Array,
  unit: 'steps' | 'signal',
): string {
  const kept = signalText(alphaBar[timestep] ?? Number.NaN);
  return unit === 'steps'
    ? `${name} = ${timestep}: ${kept} of the signal kept`
    : `${kept} of the signal kept: ${name} = ${timestep}`;
}

/** Where a share of the signal is drawn, and which share lies at a height of the picture. */
const bottom = height - margin.bottom;
const xOf = (timestep: number, { width, last }: Plot) =>
  margin.left + ((width - margin.left - margin.right) * timestep) / last;
function yOf(value: number, { logarithmic }: Plot): number {
  const share = logarithmic ? 1 + Math.log10(Math.max(value, 10 ** -decades)) / decades : value;
  return margin.top + (bottom - margin.top) * (1 - share);
}
function shareAt(y: number, { logarithmic }: Plot): number {
  const share = Math.min(1, Math.max(0, 1 - (y - margin.top) / (bottom - margin.top)));
  return logarithmic ? 10 ** (decades * (share - 1)) : share;
}

interface Plot {
  width: number;
  last: number;
  logarithmic: boolean;
}

/** The end of a weight's curve, to be dragged up and down with the pointer; the slider below does the same by keyboard. */
function WeightHandle(props: {
  symbol: string;
  timestep: number;
  weight: number;
  plot: Plot;
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

interface Zones {
  alphaBar: Float64Array;
  N: number;
  M: number;
  unit: 'steps' | 'signal';
}

function Curves(props: Zones & { gamma: number; eta: number; plot: Plot }) {
  const { alphaBar, N, M, gamma, eta, unit, plot } = props;
  const { width, last, logarithmic } = plot;
  const x = (i: number) => xOf(i, plot);
  const y = (value: number) => yOf(value, plot);
  const line = (from: number, to: number, value: (i: number) => number) => {
    const steps = thin(
      Array.from({ length: to - from + 1 }, (_, k) => from + k),
      200,
    );
    return `M${steps.map((i) => `${x(i).toFixed(1)} ${y(value(i)).toFixed(1)}`).join('L')}`;
  };
  const high = logarithmic ? Array.from({ length: decades + 1 }, (_, k) => 10 ** -k) : [0, 0.5, 1];
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      width={rem(width)}
      height={rem(height)}
      role="img"
      aria-label={describe(props)}
    >
      <rect
        className={styles.inference}
        x={x(0)}
        y={margin.top}
        width={x(N) - x(0)}
        height={bottom - margin.top}
      />
      <rect
        className={styles.collapse}
        x={x(M)}
        y={margin.top}
        width={x(last) - x(M)}
        height={bottom - margin.top}
      />
      <g className={styles.axis}>
        {high.map((value) => (
          <g key={value}>
            <line x1={margin.left} x2={width - margin.right} y1={y(value)} y2={y(value)} />
            <text x={margin.left - 5} y={y(value) + 4} textAnchor="end">
              {signalText(value)}
            </text>
          </g>
        ))}
        {roundTicks(0, last, unit === 'signal' || width < 300 ? 3 : 5).map((i) => (
          <text key={i} x={x(i)} y={bottom + 14} textAnchor={i === last ? 'end' : 'middle'}>
            {unit === 'steps' ? i : signalText(alphaBar[i] ?? Number.NaN)}
          </text>
        ))}
        <text x={(margin.left + width - margin.right) / 2} y={height - 4} textAnchor="middle">
          {unit === 'steps' ? 'timestep of the diffusion' : 'signal kept, at evenly spaced timesteps'}
        </text>
      </g>
      <path className={styles.likelihood} d={line(0, N, (i) => likelihoodWeight(alphaBar, gamma, i))} />
      <path className={styles.penalty} d={line(M, last, (k) => penaltyWeight(alphaBar, eta, k))} />
      <path className={styles.signal} d={line(0, last, (i) => alphaBar[i] ?? 0)} />
      <path className={styles.ends} d={`M${x(N)} ${margin.top}V${bottom}M${x(M)} ${margin.top}V${bottom}`} />
      <g className={styles.names}>
        <text x={x(N) + 10} y={bottom - 6}>
          N
        </text>
        <text x={x(M) - 10} y={bottom - 6} textAnchor="end">
          M
        </text>
        <text x={x(last * 0.36)} y={y(alphaBar[Math.round(last * 0.36)] ?? 0) - 8}>
          ᾱ
        </text>
      </g>
    </svg>
  );
}

const describe = ({ alphaBar, N, M }: Zones) =>
  `alphaBar over ${alphaBar.length - 1} timesteps; inference zone 0 to ${N}, collapse zone ${M} to ${alphaBar.length - 1}`;

/** N or M as a number to type, in timesteps or as the percentage of the signal kept there. */
function Zone(props: Zones & { name: 'N' | 'M'; value: number; onChange: (change: ZoneChange) => void }) {
  const { name, value, alphaBar, N, M, unit, onChange } = props;
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

function Weight(props: {
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
