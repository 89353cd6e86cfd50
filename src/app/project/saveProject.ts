import { messageOf } from '../../engine/messageOf.ts';
import { download, fileName } from '../figures/save.ts';
import { keptCheckpoint } from '../keep/keptCheckpoint.ts';
import { type KeptRun, keptOf } from '../keep/keptRun.ts';
import { lab } from '../lab.ts';
import { deletedRuns } from '../runs/knownRuns.ts';
import { type LastFile, lastFile } from '../runs/lastFile.ts';
import type { RunView } from '../runs/runView.ts';
import { type LabState, useLab } from '../store.ts';
import type { RunToSave } from './projectProtocol.ts';
import { telling } from './projectState.ts';
import { runProject } from './runProject.ts';

/** A run of the page, or one that was stopped and is only kept. */
type Saveable = RunView | KeptRun;
const isKeptAlone = (run: Saveable): run is KeptRun => 'ended' in run;

/**
 * The runs that a project holds: stopped ones of an earlier visit, those of this page's own making, and opened ones; every page has
 * the recorded ones.
 */
export function runsToSave({ runs, kept, deleted }: LabState): Saveable[] {
  const known = new Set([...runs, ...deletedRuns(deleted)].map(({ id }) => id));
  const stopped = (kept?.runs ?? []).filter(({ id, file }) => file !== undefined && !known.has(id));
  return [...stopped, ...runs.filter(({ origin }) => origin === 'live')];
}

/** Saves every run of the page as one file. @param title the name of the file, without its ending @param included whether the data go in */
export function saveProject(title: string, included: boolean): Promise<void> {
  return telling('Saving the project…', async () => {
    const state = useLab.getState();
    const problems = (state.kept?.unread ?? []).map(
      ({ name, reason }) => `The kept run ${name} was left out, since ${reason}.`,
    );
    const runs: RunToSave[] = [];
    for (const run of runsToSave(state)) {
      const { name, dataset, pinned } = run;
      const found = await contentOf(run, state);
      if (found.problem !== undefined) problems.push(found.problem);
      const shown = !isKeptAlone(run) && run.shown;
      if (found.content) runs.push({ name, dataset, shown, pinned, content: found.content });
    }
    const source = state.data.dataset?.name ?? state.config.data.source;
    const written = await runProject({ type: 'write', data: { source, included, ...lab.data.files }, runs });
    const saved = fileName(title, 'posterior-lab.zip');
    download(written.file, saved);
    const count = written.runs === 1 ? 'one run' : `${written.runs} runs`;
    return { problems: [...problems, ...written.problems], told: [`${saved} has ${count}.`] };
  });
}

/** What of a run goes in, and in a sentence what of it does not. */
interface Found {
  content?: RunToSave['content'];
  problem?: string;
}

/** A live run is asked for its state; of all others, and where it has no answer, the last file there is goes in. */
async function contentOf(run: Saveable, state: LabState): Promise<Found> {
  const live = state.live.includes(run.id);
  let reason = '';
  try {
    if (live) return { content: { checkpoint: await lab.exports.file(run.id, 'checkpoint') } };
  } catch (error) {
    reason = ` ${messageOf(error)}`;
  }
  const last = isKeptAlone(run) ? lastFile({}, run) : lastFile(run, keptOf(state.kept, run.id));
  try {
    if (last) return { content: { checkpoint: await contentOfFile(last) }, ...agedBy(run, last, reason) };
  } catch (error) {
    reason = ` ${messageOf(error)}`;
  }
  if (isKeptAlone(run)) return { problem: `The kept run ${run.name} was left out.${reason}` };
  const why = reason || ' They are gone: what it measured is there, and nothing goes on from it.';
  return { content: reportsOf(run), problem: `${run.name} was saved without its weights.${why}` };
}

/** What is said of a file that is not as far as its run. */
function agedBy(run: Saveable, { step }: LastFile, reason: string): Pick<Found, 'problem'> {
  const place = `${run.name} was saved as of step ${step.toLocaleString('en')}`;
  if (reason) return { problem: `${place}, since it could not be asked where it is now.${reason}` };
  const reached = isKeptAlone(run) ? step : (run.progress?.step ?? step);
  return reached > step ? { problem: `${place}, which is what is kept of it.` } : {};
}

function contentOfFile({ saved, kept }: LastFile): Promise<Uint8Array> | Blob {
  if (kept) return keptCheckpoint(kept);
  return saved?.file ?? new Blob();
}

function reportsOf({ config, losses, curves, samples, clouds, log }: RunView): RunToSave['content'] {
  return { config, history: { rows: losses.rows(), curves, samples, clouds, log } };
}
