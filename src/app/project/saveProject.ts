import { download, fileName } from '../figures/save.ts';
import { lab } from '../lab.ts';
import type { RunView } from '../runs/runView.ts';
import { type LabState, useLab } from '../store.ts';
import type { RunToSave } from './projectProtocol.ts';
import { telling } from './projectState.ts';
import { runProject } from './runProject.ts';

/** The runs that a project holds: those of this page's own making, and opened ones; every page has the recorded ones. */
export function runsToSave({ runs }: LabState): RunView[] {
  return runs.filter(({ origin }) => origin === 'live');
}

/** Saves every run of the page as one file. @param title the name of the file, without its ending @param included whether the data go in */
export function saveProject(title: string, included: boolean): Promise<void> {
  return telling('Saving the project…', async () => {
    const state = useLab.getState();
    const problems: string[] = [];
    const runs: RunToSave[] = [];
    for (const run of runsToSave(state)) {
      const { name, dataset, shown, pinned } = run;
      const content = await contentOf(run, state.live.includes(run.id)).catch((error: Error) => {
        problems.push(`${name} was saved without its weights. ${error.message}`);
        return reportsOf(run);
      });
      runs.push({ name, dataset, shown, pinned, content });
    }
    const source = state.data.dataset?.name ?? state.config.data.source;
    const { file } = await runProject({ type: 'write', data: { source, included, ...lab.data.files }, runs });
    const saved = fileName(title, 'posterior-lab.zip');
    download(file, saved);
    return { problems, told: [`${saved} has ${runs.length === 1 ? 'one run' : `${runs.length} runs`}.`] };
  });
}

/** A live run is asked for its state, and one that came out of a file still has its own. */
async function contentOf(run: RunView, live: boolean): Promise<RunToSave['content']> {
  if (live) return { checkpoint: await lab.exports.file(run.id, 'checkpoint') };
  return run.saved ? { checkpoint: run.saved.file } : reportsOf(run);
}

function reportsOf({ config, losses, curves, samples, clouds, log }: RunView): RunToSave['content'] {
  return { config, history: { rows: losses.rows(), curves, samples, clouds, log } };
}
