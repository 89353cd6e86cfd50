import { sourceByName } from '../../../engine/data/sources.ts';
import { Formula } from '../../figures/Formula.tsx';
import { lab } from '../../lab.ts';
import { isBusy } from '../../store.ts';
import type { LessonPage } from '../lessonPage.ts';
import { trainingText } from '../observe.ts';
import { FromZ } from '../Symbols.tsx';

export const predict: LessonPage = {
  title: 'Predict: whom will the decoder listen to?',
  text: (
    <>
      <p>
        A latent diffusion model for series has three parts. An encoder presses a whole series X into one
        vector z. A diffusion learns to draw new z. A decoder turns z into a series, one value after the
        other.
      </p>
      <p>
        When the decoder writes x<sub>t</sub>, it has two sources: z, and the values x<sub>1</sub> … x
        <sub>t−1</sub> that it has written already. <FromZ /> is the share of its state that comes from z, and
        <i> m</i>
        <sub>t,j</sub> the share that comes from x<sub>j</sub>. The shares add up:
      </p>
      <Formula tex="\sum_{j=0}^{t-1} m_{t,j} = 1, \qquad x_0 = z" block />
      <p>
        The data called Reveal are noise around 0 that steps to +1.5 or to −1.5, once, at a random moment, and
        stays there. Before the step, only z can know which way it will go.
      </p>
    </>
  ),
  question: (
    <>
      Latent diffusion is trained on Reveal. How large will <FromZ /> be at the last position?
    </>
  ),
  choices: [
    {
      text: 'Near 100 %: z holds the whole series',
      reply: 'z could hold it. But nothing makes the decoder ask z when it can ask the past.',
    },
    {
      text: 'About half: both sources say the same',
      reply: 'That would be fair. But z has a price in this objective, and the past is free.',
    },
    {
      text: 'Near 0 %: the past says enough',
      right: true,
      reply: 'That is what usually happens, and it is a problem.',
    },
  ],
  reveal: (
    <p>
      Near 0. After the step the previous value gives the level away, so most values can be predicted without
      z. A decoder that has learnt to do without z does so everywhere: before the step too, where only z knew.
      This is a posterior collapse. The next page lets you watch one.
    </p>
  ),
  act: {
    does: 'Opens Reveal and shows three of its windows in the Data panel.',
    blocked: (state) =>
      isBusy(state) ? 'A training is under way: let it finish, or press Pause.' : undefined,
    run() {
      lab.show({ mode: 'sample', curves: 'global', position: null });
      lab.data.openSource('reveal');
      return undefined;
    },
  },
  look({ data: { dataset, prepared }, config }) {
    if (!dataset || !prepared) return { done: false, sentence: 'No data are loaded yet.' };
    const title = sourceByName(dataset.name)?.title ?? dataset.name;
    const windows = trainingText(prepared, config.data.window);
    return dataset.name === 'reveal'
      ? { done: true, sentence: `Reveal is open: ${windows}. Look for the step in the three that are drawn.` }
      : { done: false, sentence: `The screen has ${title}: ${windows}. The lesson speaks of Reveal.` };
  },
};
