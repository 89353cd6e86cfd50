import { Formula } from '../../figures/Formula.tsx';
import { lab } from '../../lab.ts';
import { modes } from '../../panels/modes.ts';
import { at } from '../../runs/runView.ts';
import { shownRuns } from '../../store.ts';
import type { LessonPage } from '../lessonPage.ts';
import { listed, nameAmong, spreadRatio } from '../observe.ts';

export const takeNoiseAway: LessonPage = {
  title: 'Take the noise away',
  text: (
    <>
      <p>
        For every position the decoder gives a mean and a spread. A value is drawn, and fed back as the past
        of the next one:
      </p>
      <Formula
        tex="\begin{gathered} x_t = \mu_t(z, x_{<t}) + \sigma_t(z, x_{<t})\,\varepsilon_t \\ \varepsilon_t \sim N(0, 1) \end{gathered}"
        block
      />
      <p>
        So a generated series has two sources of variety: z, drawn once, and the noise ε<sub>t</sub>, drawn at
        every position. Under ordinary sampling the two cannot be told apart. Feed back the means alone, and
        whatever still differs between series can only have come from z.
      </p>
    </>
  ),
  question: (
    <>
      Sampled as usual, the series of both models vary. With the means alone, what will those of latent
      diffusion look like?
    </>
  ),
  choices: [
    {
      text: 'As varied as before, only smoother',
      reply: 'That is how a model looks whose z decides what happens.',
    },
    {
      text: 'All the same',
      right: true,
      reply: 'Yes: all its variety was noise of its own making.',
    },
    {
      text: 'Different from each other, but wrong',
      reply: 'For that z would still have to say something different for each.',
    },
  ],
  reveal: (
    <p>
      All the same, or nearly. The collapsed decoder has been stepping up or down on the strength of its own
      noise; without it there is one series left, however many z are drawn. The posterior-stable model goes on
      stepping up for one z and down for another. Scores of ordinary samples do not show this difference.
    </p>
  ),
  act: {
    does: 'Switches the generated series to means only. N switches back.',
    run() {
      lab.show({ mode: 'mean' });
      document.querySelector('section[aria-label="Series"]')?.scrollIntoView({ block: 'nearest' });
      return undefined;
    },
  },
  look(state) {
    const { mode } = state.view;
    const runs = shownRuns(state);
    const shown = runs.flatMap((run) => {
      const samples = at(run.samples, state.playhead);
      return samples ? [{ name: nameAmong(run, runs), samples }] : [];
    });
    const [first] = shown;
    if (!first) return { done: false, sentence: 'There are no generated series yet: train both first.' };
    const ratios = shown.map(({ name, samples }) => `${name} ${ratioText(spreadRatio(samples, mode))}`);
    return {
      done: mode !== 'sample',
      sentence: `${modes[mode].label}: the means of ${first.samples.count} series spread, against those of real ones, by a factor of ${listed(ratios)}. 1 is right, 0 means all the same.`,
    };
  },
};

const ratioText = (ratio: number) => (Number.isFinite(ratio) ? ratio.toFixed(2) : 'unknown');
