import { Formula } from '../../figures/Formula.tsx';
import { percent } from '../../format.ts';
import { lab } from '../../lab.ts';
import type { RunView } from '../../runs/runView.ts';
import type { LabState } from '../../store.ts';
import type { LessonPage } from '../lessonPage.ts';
import { listed, type Reading, readings, shownOn, trainingBlocked } from '../observe.ts';
import { FromLast } from '../Symbols.tsx';
import { restoreMethod } from '../trainBeside.ts';

export const shuffle: LessonPage = {
  title: 'Shuffle the data',
  text: (
    <>
      <p>
        Now permute the positions of every series, each by a permutation of its own. The values stay, their
        order goes: the previous value says no more about the next than any other value does.
      </p>
      <p>
        What the decoder takes from the previous value is <FromLast />, the local dependence:
      </p>
      <Formula
        tex="\begin{gathered} m_{t,j} = \frac{\bigl\langle D_t,\; \int_0^1 \frac{\partial h_t}{\partial x_j}(s x)\, x_j\, \mathrm{d}s \bigr\rangle}{\lVert D_t \rVert^2} \\[2pt] D_t = h_t(x) - h_t(0) \end{gathered}"
        block
      />
      <p>A model trained on shuffled series should find no use for order, since there is none.</p>
    </>
  ),
  question: (
    <>
      Both models are trained on shuffled series. If local dependence stays in one of them, what has been
      learnt?
    </>
  ),
  choices: [
    {
      text: 'The order that was there before',
      reply: 'It never saw that order: each series had its own permutation from the start.',
    },
    {
      text: 'A dependence that is not in the data',
      right: true,
      reply: 'Yes. The model sees one where there is none.',
    },
    {
      text: 'A regularity of the permutations',
      reply: 'They are random, one for each series: there is none to learn.',
    },
  ],
  reveal: (
    <p>
      A dependence that is not in the data; it is invented. Without z the decoder has to squeeze the level of
      the series out of the past, and leans on the latest value more than the data give reason for. A decoder
      that hears z has no need to: its <FromLast /> goes towards 0.
    </p>
  ),
  act: {
    does: 'Shuffles the positions of every series and trains both models on them.',
    blocked: trainingBlocked,
    run() {
      lab.show({ beside: 'latent-diffusion', curves: 'local', position: null });
      const problem = restoreMethod();
      if (!problem) lab.shuffleData(true);
      return problem;
    },
  },
  look(state) {
    const read = readings(state, shownOn(state, 'shuffled'));
    const [first] = read;
    if (!first) return { done: false, sentence: 'No run on shuffled data is on the screen yet.' };
    const before = read.flatMap(({ run }) => lastInOrder(state, run) ?? []);
    const ordered = readings({ ...state, playhead: undefined }, before);
    return {
      done: first.step > 0,
      sentence: `Shuffled, after ${first.step.toLocaleString('en')} steps, in the last third the value before gives ${localShares(read)}.${ordered.length > 0 ? ` In order it was ${localShares(ordered)}.` : ''}`,
    };
  },
};

/** The latest run by the same method on the same data in order. */
function lastInOrder({ runs }: LabState, { config: { method, data } }: RunView): RunView | undefined {
  return runs.findLast(
    ({ config, curves }) =>
      curves.length > 0 &&
      !config.data.shuffle &&
      config.data.source === data.source &&
      config.method.name === method.name,
  );
}

function localShares(read: readonly Reading[]): string {
  return listed(read.map(({ label, lateLocal }) => `${label} ${percent(lateLocal)}`));
}
