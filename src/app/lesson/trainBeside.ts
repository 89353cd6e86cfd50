import { lab } from '../lab.ts';
import type { RunView } from '../runs/runView.ts';
import { pageDefaults } from '../settings/index.ts';
import type { LabState } from '../store.ts';

const { lambdaCS, inferenceEnd, collapseStart } = pageDefaults.method;

/** The method as the lesson begins with it, whatever an earlier page has changed; N and M lie on L timesteps. */
const standard = {
  'diffusion.numTimesteps': pageDefaults.diffusion.numTimesteps,
  'method.name': 'posterior-stable',
  'method.lambdaCS': lambdaCS,
  'method.collapseStart': collapseStart,
  'method.inferenceEnd': inferenceEnd,
};

/** Undoes what other pages change in the method. @returns what was wrong with a setting, as a sentence */
export function restoreMethod(): string | undefined {
  return lab.set(standard);
}

/**
 * Trains the posterior-stable method alone with some settings changed, on data in order, and draws the runs that it is to be
 * compared with beside it. @returns what was wrong with a setting, as a sentence
 */
export function trainBeside(state: LabState, changes: Readonly<Record<string, unknown>>): string | undefined {
  for (const { id } of standardRuns(state)) lab.runs.setPinned(id, true);
  lab.show({ beside: null, position: null });
  const problem = lab.set({ 'data.shuffle': false, ...standard, ...changes });
  if (!problem) lab.run();
  return problem;
}

/** The latest run of each method with the lesson's own settings, on the present data in order. */
export function standardRuns({ runs, config: { data } }: LabState): RunView[] {
  const fit = runs.filter(
    ({ curves, config }) =>
      curves.length > 0 &&
      config.data.source === data.source &&
      !config.data.shuffle &&
      config.method.lambdaCS === lambdaCS &&
      config.method.inferenceEnd === inferenceEnd &&
      config.method.collapseStart === collapseStart,
  );
  return [...new Map(fit.map((run) => [run.config.method.name, run])).values()];
}
