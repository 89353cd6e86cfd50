import { createSchedule } from '../../../engine/diffusion/schedule.ts';
import { Formula } from '../../figures/Formula.tsx';
import { percent } from '../../format.ts';
import { lab } from '../../lab.ts';
import type { LessonPage } from '../lessonPage.ts';
import { fromZ, readings, shownOn, trainingBlocked } from '../observe.ts';
import { trainBeside } from '../trainBeside.ts';

export const zones: LessonPage = {
  title: 'Drag N and M',
  text: (
    <>
      <p>
        The diffusion adds noise to a latent v in L steps. After i of them a part of the signal is left, and
        the objective treats the two ends differently:
      </p>
      <Formula
        tex="\begin{gathered} z_i = \sqrt{\bar\alpha_i}\,v + \sqrt{1 - \bar\alpha_i}\,\varepsilon \\ 0 \le i \le N: \text{must explain } X \\ M \le i \le L: \text{must be of no help} \end{gathered}"
        block
      />
      <p>
        In the Model panel N and M are handles on the drawn curve of ᾱ. At N = 50 about 97 % of the variance
        is still signal; at M = 900 next to none is; at M = 100 about 90 %. Arrow keys move a handle that has
        the focus.
      </p>
    </>
  ),
  question: (
    <>
      Move M from 900 to 100, so that latents which are nine tenths signal count as drowned. What will the
      decoder do?
    </>
  ),
  choices: [
    {
      text: 'Listen to z more: the penalty acts on more timesteps',
      reply: 'It does act on more, but on latents that are nearly clean.',
    },
    {
      text: 'Listen to z less',
      right: true,
      reply: 'Yes: it is punished for hearing what it must hear at N.',
    },
    {
      text: 'The same: only N matters to what it hears',
      reply: 'The decoder cannot tell i = 50 from i = 100 well enough for that.',
    },
  ],
  reveal: (
    <p>
      Less. At i = 50 it must explain the series, at i = 100 it must not, and the two latents hardly differ:
      the two terms pull against each other. Zones that lie far apart leave room between them. The paper’s
      text puts M close to L and its table says 100; both can be set here, and that is how to find out.
    </p>
  ),
  act: {
    does: 'Keeps the runs on the screen and trains the posterior-stable model with M = 100 over them.',
    blocked: trainingBlocked,
    run(state) {
      lab.show({ curves: 'global' });
      const { inferenceEnd, lambdaCS } = state.config.method;
      return trainBeside(state, {
        'method.inferenceEnd': Math.min(inferenceEnd, 50),
        'method.collapseStart': 100,
        'method.lambdaCS': lambdaCS || 0.1,
      });
    },
  },
  look(state) {
    const { inferenceEnd, collapseStart } = state.config.method;
    const { alphaBar } = createSchedule(state.config.diffusion);
    const kept = (i: number) => {
      const share = alphaBar[i] ?? Number.NaN;
      return share < 0.005 ? 'less than 1\u00a0%' : percent(share);
    };
    const set = `N = ${inferenceEnd} keeps ${kept(inferenceEnd)} of the signal, and M = ${collapseStart} keeps ${kept(collapseStart)}.`;
    const read = readings(state, shownOn(state, 'ordered')).filter(
      ({ run: { config } }) => config.method.name === 'posterior-stable' && config.method.lambdaCS > 0,
    );
    const moved = new Set(
      read.map(({ run: { config } }) => `${config.method.inferenceEnd} ${config.method.collapseStart}`),
    );
    const [first] = read;
    return first
      ? {
          done: moved.size > 1 && read.every(({ step }) => step > 0),
          sentence: `${set} ${fromZ(read)}`,
        }
      : { done: false, sentence: `${set} No run with these zones is on the screen yet.` };
  },
};
