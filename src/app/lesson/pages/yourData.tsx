import { sourceByName } from '../../../engine/data/sources.ts';
import { lab } from '../../lab.ts';
import { isBusy } from '../../store.ts';
import { fixed } from '../../view.ts';
import type { LessonPage } from '../lessonPage.ts';
import { fromZ, readings, shownOn, trainingText } from '../observe.ts';
import { FromZ } from '../Symbols.tsx';
import { restoreMethod } from '../trainBeside.ts';

export const yourData: LessonPage = {
  title: 'Your own data',
  text: (
    <>
      <p>
        Open a CSV with a header: one row for each observation, a column that names the series if there are
        several, a column of times if there is one. It is read in this tab and goes nowhere. Check the columns
        that were guessed, choose a window, and train both models.
      </p>
      <p>Then ask what you now know how to ask:</p>
      <ul className="bullets">
        <li>
          Does <FromZ /> hold up to the last position, on held-out series?
        </li>
        <li>With the noise taken away, do generated series still differ as real ones do?</li>
        <li>Does exchanging latents cost anything? More than a tenth of what noise costs?</li>
        <li>Is all this still so with another seed?</li>
      </ul>
    </>
  ),
  question: (
    <>
      On your data both models end with <FromZ /> near 0. What is the first thing to consider?
    </>
  ),
  choices: [
    {
      text: 'That the posterior-stable method does not work',
      reply: 'It may not. But first see whether there was anything to encode.',
    },
    {
      text: 'That the past may say all there is to say',
      right: true,
      reply: 'Yes. Not every series has something global in it.',
    },
    {
      text: 'That the curve must be wrong',
      reply: 'Its residual tells: below 0.01 the shares add up as they should.',
    },
  ],
  reveal: (
    <p>
      That the past may say it all. In an AR(1) process everything about the future is in the last value;
      there is nothing global, and a decoder that ignores z is right to. Try AR(1) from the Data panel: it is
      the control experiment. Longer windows, or series that differ from each other as wholes, give z
      something to hold.
    </p>
  ),
  act: {
    does: 'Leads to the Data panel, where a file can be opened, dropped or pasted.',
    blocked: (state) =>
      state.view.embed || state.view.hide.includes('data')
        ? `${fixed.hidden}.`
        : state.view.locked
          ? `${fixed.data}.`
          : isBusy(state)
            ? 'A training is under way: let it finish, or press Pause.'
            : undefined,
    run() {
      const problem = restoreMethod();
      if (problem) return problem;
      lab.show({ mode: 'sample', curves: 'global', beside: 'latent-diffusion' });
      const opener = document.getElementById('open-data');
      opener?.scrollIntoView({ block: 'center' });
      opener?.focus();
      return undefined;
    },
  },
  look(state) {
    const { dataset, prepared } = state.data;
    if (!dataset || !prepared) return { done: false, sentence: 'No data are loaded yet.' };
    const name = sourceByName(dataset.name)?.title ?? dataset.name;
    const loaded = `${name}: ${trainingText(prepared, state.config.data.window)}.`;
    if (dataset.kind !== 'file') return { done: false, sentence: `${loaded} This is not your own file yet.` };
    const runs = shownOn(state, 'ordered').filter(({ config }) => config.data.source === dataset.name);
    const read = readings(state, runs);
    const [first] = read;
    return first && first.step > 0
      ? { done: true, sentence: `${loaded} ${fromZ(read)}` }
      : { done: false, sentence: `${loaded} No run on it is on the screen yet.` };
  },
};
