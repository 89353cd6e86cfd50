import { useEffect, useRef } from 'react';
import { methodByName } from '../../engine/methods/index.ts';
import type { DependenceCurve } from '../../engine/train/protocol.ts';
import { DependenceChart } from '../charts/DependenceChart.tsx';
import { figure, percent } from '../format.ts';
import { isBusy, useLab } from '../store.ts';

const trusted = 1e-2;

/** The hero: how much of the decoder's state comes from z, and how much from the value before. */
export function DependencePanel() {
  const curves = useLab(({ run }) => run.curves);
  const seqLen = useLab(({ config }) => config.data.window);
  const [first] = curves;
  const curve = curves.at(-1);
  const busy = useLab(isBusy);
  const region = useRef<HTMLElement>(null);
  // In one narrow column the setup fills the screen: whoever presses Run there wants to see the curve.
  useEffect(() => {
    if (busy && matchMedia('(max-width: 48rem)').matches) region.current?.scrollIntoView();
  }, [busy]);
  return (
    <section ref={region} aria-label="Dependence" className="panel hero">
      <Headline curve={curve} />
      <ul className="legend">
        <li>
          <Swatch kind="global" />
          <span>
            m<sub>t,0</sub>, from the latent z
          </span>
        </li>
        <li>
          <Swatch kind="local" />
          <span>
            m<sub>t,t−1</sub>, from the value before
          </span>
        </li>
        {first !== curve && (
          <li>
            <Swatch kind="ghost" />
            <span>
              m<sub>t,0</sub> at step {first?.step}
            </span>
          </li>
        )}
        <li className="fine">Bands: middle half of the series</li>
      </ul>
      <div className="chart hero-chart">
        <DependenceChart curve={curve} first={first === curve ? undefined : first} seqLen={seqLen} />
        {!curve && (
          <p className="chart-note">
            <span>
              The curve appears here with the first evaluation. At 100&nbsp;% the decoder’s state comes from z
              alone; a solid line that sinks to 0 means that the decoder has stopped listening to z: the
              posterior has collapsed.
            </span>
          </p>
        )}
      </div>
      {curve && <Footnote curve={curve} />}
    </section>
  );
}

function Headline({ curve }: { curve?: DependenceCurve }) {
  const method = useLab(({ run, config }) => run.method ?? config.method.name);
  const last = curve?.points.at(-1);
  const { label } = methodByName(method);
  return (
    <header>
      <p className="soft">{curve ? `${label}, ${when(curve.step)}` : label}</p>
      <h2 className="headline" data-testid="headline">
        {last
          ? `At position ${last.position} the decoder takes ${percent(last.m0)} from z and ${percent(last.mLocal)} from the value before.`
          : 'Does the decoder still listen to z? Press Run to see.'}
      </h2>
    </header>
  );
}

function when(step: number): string {
  return step === 0 ? 'before training' : `step ${step.toLocaleString('en')}`;
}

function Footnote({ curve }: { curve: DependenceCurve }) {
  const { residual, series, quadrature, points } = curve;
  return (
    <>
      <p className="fine figures">
        <span data-testid="residual">
          Residual |Σ<sub>j</sub> m<sub>t,j</sub> − 1| ≤ {figure(residual)}
        </span>
        <span>{series} held-out series</span>
        <span>{quadrature} quadrature nodes</span>
      </p>
      {residual > trusted && (
        <p className="notice warn">
          A residual above {trusted} after {quadrature} nodes means that this curve cannot be trusted: the
          decoder’s gates switch too sharply on the path.
        </p>
      )}
      <details>
        <summary>Numbers</summary>
        <div className="scroll">
          <table className="numbers" data-testid="dependence-table">
            <thead>
              <tr>
                <th scope="col">t</th>
                <th scope="col">
                  m<sub>t,0</sub>
                </th>
                <th scope="col">quartiles</th>
                <th scope="col">
                  m<sub>t,t−1</sub>
                </th>
                <th scope="col">quartiles</th>
              </tr>
            </thead>
            <tbody>
              {points.map((p) => (
                <tr key={p.position}>
                  <th scope="row">{p.position}</th>
                  <td>{p.m0.toFixed(4)}</td>
                  <td>{`${p.m0q25.toFixed(3)} – ${p.m0q75.toFixed(3)}`}</td>
                  <td>{p.mLocal.toFixed(4)}</td>
                  <td>{`${p.mLocalQ25.toFixed(3)} – ${p.mLocalQ75.toFixed(3)}`}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </>
  );
}

/** A piece of the line as it is drawn, so that the legend does not rest on colour. */
export function Swatch({ kind }: { kind: 'global' | 'local' | 'ghost' | 'real' | 'generated' }) {
  return (
    <svg className={`swatch ${kind}`} viewBox="0 0 24 8" aria-hidden="true">
      <line x1="0" x2="24" y1="4" y2="4" />
    </svg>
  );
}
