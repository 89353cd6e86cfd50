import { methodByName } from '../../engine/methods/index.ts';
import { LossChart } from '../charts/LossChart.tsx';
import { figure } from '../format.ts';
import type { LossTerm } from '../lossHistory.ts';
import { useLab } from '../store.ts';

/** A term with what it is and the unit it is measured in. */
interface Term {
  term: LossTerm;
  label: string;
  help: string;
  unit: string;
}

const likelihood: Term = {
  term: 'vi',
  label: 'Likelihood',
  help: 'Negative log-likelihood of a series given z',
  unit: 'nats / series',
};
const kl: Term = {
  term: 'kl',
  label: 'KL',
  help: 'Information that z holds about its series',
  unit: 'nats / series',
};
const penalty: Term = {
  term: 'cs',
  label: 'Penalty',
  help: 'What latents drowned in noise still give away',
  unit: 'nats / series',
};
const denoiser: Term = {
  term: 'dm',
  label: 'Denoiser',
  help: 'Squared error of the predicted noise; 1 is a guess of zero',
  unit: 'per number of z',
};

const allTerms = { vi: likelihood, kl, cs: penalty, dm: denoiser };

/** The terms of the objective, each on a scale of its own. */
export function LossPanel() {
  const method = useLab(({ run, config }) => run.method ?? config.method.name);
  const losses = useLab(({ run }) => run.losses);
  const version = useLab(({ run }) => run.lossVersion);
  const { first, last, lastJoint } = losses;
  const terms = methodByName(method).terms.map((name) => allTerms[name]);
  return (
    <section aria-label="Losses" className="panel">
      <header className="row">
        <h2>Losses</h2>
        <p className="fine figures">
          <span>
            Total at step 1: <span data-testid="first-loss">{figure(first?.total)}</span>
          </span>
          <span>
            at step {lastJoint ? (lastJoint.step + 1).toLocaleString('en') : '–'}: {figure(lastJoint?.total)}
          </span>
          <span>gradient norm {figure(last?.gradNorm)}</span>
          <span>learning rate {figure(last?.lr)}</span>
        </p>
      </header>
      <div className="losses">
        {terms.map(({ term, label, help, unit }) => (
          <figure key={term}>
            <figcaption>
              <strong>{label}</strong>{' '}
              <span className="figures">{figure(losses.terms[term].findLast(Number.isFinite))}</span>
              <span className="fine">{help}</span>
            </figcaption>
            <LossChart losses={losses} version={version} term={term} label={label} unit={unit} />
          </figure>
        ))}
      </div>
    </section>
  );
}
