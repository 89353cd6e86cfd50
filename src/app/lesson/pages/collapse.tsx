import type { LossRow } from '../../../engine/train/protocol.ts';
import { Formula } from '../../figures/Formula.tsx';
import { figure } from '../../format.ts';
import { lab } from '../../lab.ts';
import type { LessonPage } from '../lessonPage.ts';
import { fromZ, readings, shownOn, trainingBlocked } from '../observe.ts';
import { FromZ } from '../Symbols.tsx';
import { restoreMethod } from '../trainBeside.ts';

export const collapse: LessonPage = {
  title: 'Watch a posterior collapse',
  text: (
    <>
      <p>Latent diffusion first trains a variational autoencoder, by the sum of two terms:</p>
      <Formula
        tex="\begin{gathered} -\sum_t \log p(x_t \mid z, x_{<t}) \\ {}+ \mathrm{KL}\bigl(q(z \mid X)\,\|\,N(0, I)\bigr) \end{gathered}"
        block
      />
      <p>
        The first term is lower when z helps. The second is a price for every bit that z holds about X; it is
        0 only when q(z | X) = N(0, I) whatever X is. Then z is pure noise: the posterior has collapsed.
      </p>
      <p>
        Both models now train at once: the same data, seed and number of steps. Watch <FromZ /> sink on one
        side and hold on the other. At t = 1 it is 100 % on both: nothing but z has been read by then.
      </p>
    </>
  ),
  question: <>While the curve of latent diffusion sinks, what does its loss do?</>,
  choices: [
    {
      text: 'It rises: a model that loses its latent fits worse',
      reply: 'It fits worse than it could. But the loss counts the price of z as well.',
    },
    {
      text: 'It falls: the objective is met better than before',
      right: true,
      reply: 'Yes. That is why training longer does not help.',
    },
    {
      text: 'It stays: the latent has nothing to do with the loss',
      reply: 'It has: the second term is paid for what z says.',
    },
  ],
  reveal: (
    <p>
      It falls. Giving up z makes the second term 0, and the past makes up for much of the first. So a
      collapse is not a failure of the optimiser but what this objective rewards, and the loss curve looks
      healthy. To see it you have to ask the decoder what it listens to.
    </p>
  ),
  act: {
    does: 'Trains latent diffusion and the posterior-stable model side by side.',
    blocked: trainingBlocked,
    run(state) {
      lab.show({ curves: 'global', mode: 'sample', position: null, drawer: 'losses' });
      const problem =
        restoreMethod() ?? (state.config.data.shuffle ? lab.set({ 'data.shuffle': false }) : undefined);
      if (!problem) lab.trainBoth();
      return problem;
    },
  },
  look(state) {
    const read = readings(state, shownOn(state, 'ordered'));
    const [first] = read;
    if (!first) return { done: false, sentence: 'There is no curve yet.' };
    const names = new Set(read.map(({ run }) => run.config.method.name));
    const done = names.size > 1 && first.step > 0;
    const shares = fromZ(read);
    const losses = read.find(({ run }) => run.config.method.name === 'latent-diffusion')?.run.losses;
    const [before, after] = [objective(losses?.first), objective(losses?.lastJoint)];
    const fell = Number.isFinite(before + after)
      ? ` The loss of latent diffusion, likelihood and KL, went from ${figure(before)} to ${figure(after)} nats a series.`
      : '';
    return { done, sentence: shares + fell };
  },
};

/** The two terms that latent diffusion's encoder and decoder are trained by, in nats a series. */
function objective(row?: LossRow): number {
  return row ? row.vi + row.kl : Number.NaN;
}
