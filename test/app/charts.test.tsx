import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { DependenceMatrix } from '../../src/app/charts/DependenceMatrix.tsx';
import { DependenceOverlay } from '../../src/app/charts/DependenceOverlay.tsx';
import { HeatStrip } from '../../src/app/charts/HeatStrip.tsx';
import { LatentCloud } from '../../src/app/charts/LatentCloud.tsx';
import { QualityPlane } from '../../src/app/charts/QualityPlane.tsx';
import { ScheduleCurves } from '../../src/app/charts/ScheduleCurves.tsx';
import { ScheduleHandles } from '../../src/app/charts/ScheduleHandles.tsx';
import { SeriesMultiples } from '../../src/app/charts/SeriesMultiples.tsx';
import { SweepSurface } from '../../src/app/charts/SweepSurface.tsx';
import { FigureMenu } from '../../src/app/figures/FigureMenu.tsx';
import { Formula } from '../../src/app/figures/Formula.tsx';
import { percent } from '../../src/app/format.ts';
import { WithSubscripts } from '../../src/app/panels/WithSubscripts.tsx';
import { createSchedule } from '../../src/engine/diffusion/schedule.ts';

const nothing = () => {};
const curve = (step: number) => ({
  step,
  points: [1, 0.4, 0.2].map((m0, t) => ({
    position: t + 1,
    m0,
    m0q25: m0,
    m0q75: m0,
    mLocal: 0,
    mLocalQ25: 0,
    mLocalQ75: 0,
  })),
  residual: 0,
  quadrature: 8,
  series: 4,
});
const count = (text: string, part: string) => text.split(part).length - 1;

test('the overlay names its runs, and gives each a dash of its own', () => {
  const runs = ['latent diffusion', 'posterior-stable'].map((label, colour) => ({
    id: label,
    label,
    colour,
    curve: curve(10),
  }));
  const page = renderToStaticMarkup(<DependenceOverlay runs={runs} show="both" seqLen={3} />);
  expect(page).toContain(
    'aria-label="m_{t,0} and m_{t,t-1} over positions: latent diffusion, posterior-stable"',
  );
  expect(page).toContain('stroke-dasharray="6 4"');
  expect(page).toContain('from the value before');
  const global = renderToStaticMarkup(<DependenceOverlay runs={runs} show="global" seqLen={3} />);
  expect(global).not.toContain('from the value before');
});

test('the heat strip is a slider that says its step; the last one unless another is chosen', () => {
  const curves = [0, 120, 240].map(curve);
  const strip = (selected?: number) =>
    renderToStaticMarkup(
      <HeatStrip label="history" curves={curves} value="m0" selected={selected} onSelect={nothing} />,
    );
  expect(strip()).toContain('aria-valuetext="step 240"');
  expect(strip(1)).toContain('aria-valuetext="step 120"');
  expect(strip(99)).toContain('aria-valuenow="2"');
  expect(renderToStaticMarkup(<HeatStrip label="history" curves={[]} value="m0" onSelect={nothing} />)).toBe(
    '',
  );
});

test('the matrix says its row, how much of it comes from z, and the sum', () => {
  const matrix = Float64Array.from([1, 0, 0, 0.75, 0.25, 0, 0.5, -0.25, 0.75]);
  const page = renderToStaticMarkup(<DependenceMatrix matrix={matrix} seqLen={3} row={3} onRow={nothing} />);
  expect(page).toContain('aria-valuetext="row t = 3: 50\u00a0% from z, sum 1.000"');
  expect(page).toContain('<title>j = 1: −25.0\u00a0%</title>');
  expect(page).not.toContain('outside');
  const beyond = Float64Array.from([1, 0, 0, 0.75, 0.25, 0, 2, -1.75, 0.75]);
  const marked = renderToStaticMarkup(
    <DependenceMatrix matrix={beyond} seqLen={3} row={1} onRow={nothing} />,
  );
  expect(marked).toContain(', dots: outside');
});

test('the cloud draws N(0, I) around the origin, the outer circle twice the inner, and both kinds of points', () => {
  const page = renderToStaticMarkup(
    <LatentCloud
      label="Latents"
      encoded={new Float32Array(8)}
      sampled={Float32Array.from([1, 1, -1, 0.5, 0, 2])}
      origin={[0.25, 0]}
      explained={[0.62, 0.2]}
      sampledFrom="prior"
    />,
  );
  const radii = [...page.matchAll(/<circle[^>]* r="([\d.]+)"/g)].map(([, radius]) => Number(radius));
  const [outer = 0, inner = 0] = radii.filter((radius) => radius > 10).toSorted((a, b) => b - a);
  expect(outer).toBeCloseTo(2 * inner);
  expect(page).toContain('principal component 1 (62 % of variance)');
  expect(page).toContain('4 encoded, 3 sampled');
  expect(page).not.toContain('Next step');
  expect(page).toContain('drawn from the prior, N(0, I)');
  expect(page).not.toContain('diffusion');
});

test('a cloud of more points than are drawn says of how many', () => {
  const page = renderToStaticMarkup(
    <LatentCloud
      label="Latents"
      encoded={new Float32Array(2 * 2000)}
      sampled={new Float32Array(2 * 512)}
      origin={[0, 0]}
      explained={[1, 0]}
      sampledFrom="prior"
    />,
  );
  const drawn = 1 + Math.ceil(2000 / 4);
  expect(page).toContain(`${drawn} of 2,000 encoded, 512 sampled`);
  expect(page).toContain(`encoded series, ${drawn} of 2,000`);
  expect(count(page, 'r="2.5"')).toBe(drawn);
});

test('a reverse diffusion can be stepped through, and begins with its first moment', () => {
  const frames = [1000, 500, 0].map((timestep) => ({
    timestep,
    points: Float32Array.from([timestep / 1000, 0]),
  }));
  const page = renderToStaticMarkup(
    <LatentCloud
      label="Latents"
      encoded={new Float32Array(2)}
      sampled={new Float32Array(2)}
      origin={[0, 0]}
      explained={[1, 0]}
      sampledFrom="diffusion"
      trajectory={frames}
    />,
  );
  expect(page).toContain('aria-valuetext="timestep 1000"');
  expect(page).toContain('Next step');
});

test('series side by side are between 3 and 12 of each kind, as far as there are as many', () => {
  const set = { values: new Float32Array(20 * 4), count: 20, seqLen: 4, featureSize: 1 };
  const plots = (asked: number, available = set) =>
    count(
      renderToStaticMarkup(<SeriesMultiples real={set} generated={available} feature={0} count={asked} />),
      '<svg',
    );
  expect(plots(1)).toBe(6);
  expect(plots(40)).toBe(24);
  expect(plots(12, { ...set, count: 5 })).toBe(17);
});

test('the overlay of series says how far a collapsed model is from the spread of the data', () => {
  const shape = { count: 2, seqLen: 3, featureSize: 1 };
  const page = renderToStaticMarkup(
    <SeriesMultiples
      real={{ values: Float32Array.from([0, 1, 2, 2, 3, 4]), ...shape }}
      generated={{ values: Float32Array.from([2, 1, 2, 2, 1, 2]), ...shape }}
      feature={0}
      unit="mm"
      view="overlay"
    />,
  );
  expect(page).toContain('2 generated series over 2 real ones, mm; spread between them under 1\u00a0%');
  const paths = [...page.matchAll(/<path d="(M[^"]+)"/g)].map(([, d]) => d).filter((d) => d !== 'M0 5H24');
  expect(new Set(paths).size).toBe(3);
});

test('where the real series do not vary, or are one, no spread is claimed', () => {
  const set = (count: number, values: number[]) => ({
    values: Float32Array.from(values),
    count,
    seqLen: 2,
    featureSize: 1,
  });
  for (const real of [set(1, [1, 2]), set(2, [1, 2, 1, 2])]) {
    const page = renderToStaticMarkup(
      <SeriesMultiples real={real} generated={set(2, [0, 1, 2, 3])} feature={0} view="overlay" />,
    );
    expect(page).not.toMatch(/NaN|Infinity|spread between/);
  }
});

test('the plane names every run with its numbers, and those that were not measured', () => {
  const page = renderToStaticMarkup(
    <QualityPlane
      points={[
        { id: 'a', label: 'latent diffusion', x: 0.02, y: 1.3 },
        { id: 'b', label: 'skip', x: Number.NaN, y: 1.2 },
      ]}
      xLabel="control"
      yLabel="score over floor"
    />,
  );
  expect(page).toContain('aria-label="latent diffusion: control 0.02, score over floor 1.3"');
  expect(page).toContain('Not measured: skip');
  expect(page).toContain('floor: real against real');
});

test('the plane marks what cannot be trusted, and says by its own numbers which place is good', () => {
  const plane = (untrusted: boolean) =>
    renderToStaticMarkup(
      <QualityPlane
        points={[{ id: 'a', label: 'skip', group: 'skip', x: 0.02, y: 1.3, untrusted }]}
        groups={['skip']}
        xLabel="spread of control"
        yLabel="Sliced Wasserstein-2 of summaries over its floor, and more"
        better="one"
        comparison={10}
      />,
    );
  const page = plane(true);
  expect(page).toContain('fill="var(--paper)" stroke="var(--run-0, var(--global))"');
  expect(page).toContain('spread of control 0.02, which cannot be trusted');
  expect(page).toMatch(/nearer to 1[^<]*10 series a side[^<]*Hollow marks/);
  expect(plane(false)).not.toMatch(/fill="var\(--paper\)"|Hollow|trusted/);
  const [, name = ''] = /rotate\(-90\)"[^>]*>([^<]*)</.exec(page) ?? [];
  expect(name).toContain('…');
  expect(name.length).toBeLessThanOrEqual(48);
  expect(page).not.toContain('<ul'); // the key of several planes stands once, beside them
});

test('the plane stands where there is no floor, one run, or nothing measured', () => {
  const plane = (ys: readonly number[], floor: number) =>
    renderToStaticMarkup(
      <QualityPlane
        points={ys.map((y, n) => ({ id: `${n}`, label: `run ${n}`, x: 0.5, y }))}
        xLabel="control"
        yLabel="classifier AUC"
        floor={floor}
      />,
    );
  for (const page of [plane([0.7], Number.NaN), plane([0], 0), plane([Number.NaN], Number.NaN), plane([], 1)])
    expect(page).not.toMatch(/NaN|Infinity/);
  expect(plane([Number.NaN], Number.NaN)).toContain('Not measured: run 0');
  expect(plane([0.7], Number.NaN)).toContain('>0.7<');
});

test('the surface says every number, and which runs failed', () => {
  const page = renderToStaticMarkup(
    <SweepSurface
      label="share from z"
      text={percent}
      rows={[10, 50]}
      columns={[900]}
      values={[0.48, Number.NaN]}
    />,
  );
  expect(page).toContain('N 10, M 900: 48\u00a0%; N 50, M 900: failed"');
});

test('the handles say their timestep and the share of the signal that is left there', () => {
  const { alphaBar } = createSchedule({
    numTimesteps: 1000,
    schedule: 'linear',
    betaStart: 1e-4,
    betaEnd: 0.02,
  });
  const zones = { alphaBar, N: 50, M: 900, gamma: 2, eta: 1, onChange: nothing };
  const page = renderToStaticMarkup(<ScheduleHandles {...zones} />);
  expect(page).toContain('aria-valuetext="N = 50: 97\u00a0% of the signal kept"');
  expect(page).toContain('aria-valuetext="M = 900: 0.028\u00a0% of the signal kept"');
  expect(page).toContain('likelihood weighs 90\u00a0% at\u00a0N');
  const signal = renderToStaticMarkup(<ScheduleHandles {...zones} unit="signal" />);
  expect(signal).toContain('aria-valuetext="97\u00a0% of the signal kept: N = 50"');
});

test('the log scale of a schedule says where it ends above what it draws', () => {
  const drawn = (alphaBar: number[]) =>
    renderToStaticMarkup(
      <ScheduleCurves
        alphaBar={Float64Array.from(alphaBar)}
        {...{ N: 1, M: 2, gamma: 1, eta: 1, unit: 'steps' }}
        plot={{ width: 320, last: 3, logarithmic: true }}
      />,
    );
  expect(drawn([1, 0.5, 0.01, 1e-6])).toContain('≤\u20090.01\u00a0%');
  expect(drawn([1, 0.5, 0.01, 1e-3])).not.toContain('≤');
});

test('the menu of a figure is closed at first, and names what it saves', () => {
  const page = renderToStaticMarkup(
    <FigureMenu name="dependence" table={() => ({ columns: ['t'], rows: [[1]] })} />,
  );
  expect(page).toContain('aria-label="Save dependence"');
  expect(page).toContain('aria-expanded="false"');
  expect(page).not.toContain('role="menu"');
});

test('a formula shows its source until it is drawn', () => {
  expect(renderToStaticMarkup(<Formula tex="\bar\alpha_i" />)).toContain('\\bar\\alpha_i</code>');
});

test('symbols of files stand with lowered subscripts, and other text as it is', () => {
  expect(renderToStaticMarkup(<WithSubscripts text="λ_CS = 0.1, m_{t,0}, a_b" />)).toBe(
    '<span>λ<sub>CS</sub></span> = 0.1, <span>m<sub>t,0</sub></span>, a_b',
  );
});
