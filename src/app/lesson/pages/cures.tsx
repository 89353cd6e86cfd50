import { Formula } from '../../figures/Formula.tsx';
import { lab } from '../../lab.ts';
import type { LessonPage } from '../lessonPage.ts';
import { fromZ, readings, shownOn, trainingBlocked } from '../observe.ts';
import { FromZ } from '../Symbols.tsx';
import { trainBeside } from '../trainBeside.ts';

export const cures: LessonPage = {
  title: 'Try the cures',
  text: (
    <>
      <p>
        Many cures for a collapse are known. Some make z cheaper (annealing lets the price rise slowly), some
        make the past dearer (masking hides values from the decoder), some lead z past the recurrence (skip
        connections). The posterior-stable model drops the price altogether. It has three terms:
      </p>
      <Formula tex="\mathcal{L} = \mathcal{L}_{VI} + \lambda\,\mathcal{L}_{CS} + \mathcal{L}_{DM}" block />
      <p>
        L<sub>VI</sub>: a latent with a little noise must explain the series. L<sub>CS</sub>: one that has
        drowned in noise must not. L<sub>DM</sub> trains the diffusion. With λ = 0 the middle term is gone,
        and no KL term comes back.
      </p>
    </>
  ),
  question: (
    <>
      Leave the penalty out: λ = 0. What becomes of <FromZ /> at the last position?
    </>
  ),
  choices: [
    {
      text: 'It sinks to 0, as for latent diffusion',
      reply: 'It would, if the penalty did the work. What drove the collapse was the KL term.',
    },
    {
      text: 'Most of it stays',
      right: true,
      reply: 'Yes. That is worth knowing about a method that is named after its penalty’s effect.',
    },
    {
      text: 'It rises to 100 %',
      reply: 'No: the past is still useful, and still free.',
    },
  ],
  reveal: (
    <p>
      Most of it stays, as a rule. Dropping the KL term and keeping the scale of z by batch normalisation is
      most of the cure; the penalty adds to it, and makes runs resemble each other more. So λ = 0 belongs in
      every comparison: a cure has to be compared with its own absence. One seed proves nothing: change the
      training seed and look again, or choose another method in the Model panel.
    </p>
  ),
  act: {
    does: 'Keeps the runs on the screen and trains the posterior-stable model with λ = 0 over them.',
    blocked: trainingBlocked,
    run: (state) => {
      lab.show({ curves: 'global' });
      return trainBeside(state, { 'method.lambdaCS': 0 });
    },
  },
  look(state) {
    const read = readings(state, shownOn(state, 'ordered'));
    const without = read.find(
      ({ run: { config } }) => config.method.name === 'posterior-stable' && config.method.lambdaCS === 0,
    );
    if (!without) return { done: false, sentence: 'No run with λ = 0 is on the screen yet.' };
    return {
      done: without.step > 0,
      sentence: fromZ(read),
    };
  },
};
