import { verdict } from '../../../engine/metrics/verdict.ts';
import { Formula } from '../../figures/Formula.tsx';
import { lab } from '../../lab.ts';
import type { RunView } from '../../runs/runView.ts';
import { type LabState, liveRuns } from '../../store.ts';
import type { LessonPage } from '../lessonPage.ts';
import { nameAmong } from '../observe.ts';

export const swap: LessonPage = {
  title: 'Swap the latents of two series',
  text: (
    <>
      <p>
        A share of the state is not yet information. The swap test asks for it: give the decoder the true past
        of series A, but the latent of series B, and see how much worse it predicts A.
      </p>
      <Formula
        tex="\begin{gathered} \text{loss} = \log p(x_t^A \mid z^A, x_{<t}^A) \\ {}- \log p(x_t^A \mid z^B, x_{<t}^A) \end{gathered}"
        block
      />
      <p>
        The noise test does the same with a z from N(0, I). Both are counted in nats a step, over held-out
        series, and mostly matter in the last third, where the past alone could say much.
      </p>
    </>
  ),
  question: (
    <>
      A decoder loses 0.02 nats a step when latents are exchanged, and 200 when they are replaced by noise.
      What does it read in z?
    </>
  ),
  choices: [
    {
      text: 'What is in the series',
      reply: 'Then the latent of another series would be wrong, and cost a lot.',
    },
    {
      text: 'Only that z came from a real series',
      right: true,
      reply: 'Yes: one bit. It is a flag and no content.',
    },
    {
      text: 'Nothing',
      reply: 'Then noise would cost nothing either.',
    },
  ],
  reveal: (
    <p>
      Only that z is a real one. Any real latent will do, noise will not: the decoder reads a flag. Such a
      model can have a high dependence on z, and z still controls nothing. Content shows in the exchange:
      where it costs nats, the decoder reads which series this is. A collapsed decoder loses nothing in either
      test.
    </p>
  ),
  act: {
    does: 'Swaps the latents of held-out series in every run that is loaded, and measures what it costs.',
    blocked(state) {
      if (askable(state).length === 0)
        return 'No run has its weights loaded: train both first (page 2). A recording has none.';
      return undefined;
    },
    run(state) {
      for (const { id } of askable(state)) lab.ask(id, 'swap');
      return undefined;
    },
  },
  look(state) {
    const runs = askable(state);
    if (runs.some(({ asked }) => asked.swap?.state === 'asking')) {
      return { done: false, sentence: 'Measuring; while a training is under way the answer waits its turn.' };
    }
    const found = runs.flatMap((run) => {
      const { swap: asked } = run.asked;
      return asked?.state === 'answered'
        ? [`${nameAmong(run, runs)}: ${verdict(asked.answer).sentence}`]
        : [];
    });
    if (found.length === 0) return { done: false, sentence: 'The latents have not been swapped yet.' };
    return { done: true, sentence: found.join(' ') };
  },
};

/** The live runs that have begun, and so can be asked. */
function askable(state: LabState): RunView[] {
  return liveRuns(state).filter(({ curves, status }) => curves.length > 0 && status !== 'failed');
}
