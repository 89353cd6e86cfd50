import { sourceByName } from '../../engine/data/sources.ts';
import { projectTitle } from '../../engine/export/project.ts';
import { messageOf } from '../../engine/messageOf.ts';
import { lab } from '../lab.ts';
import type { OwnFiles, RunView } from '../runs/runView.ts';
import { isBusy, useLab, withRuns } from '../store.ts';
import { crcOf } from './crcOf.ts';
import { mergedRuns, type OpenedFile } from './merge.ts';
import type { KnownFile, OpenedProject } from './projectProtocol.ts';
import { type ProjectState, telling, useProjects } from './projectState.ts';
import { runProject } from './runProject.ts';

/**
 * Adds the runs of projects to the page; nothing of it is replaced. Of a single project the data and settings come back too.
 * What cannot be read is told, and the other files are opened all the same.
 */
export function openProjects(files: readonly File[]): Promise<void> {
  return telling(
    files.length > 1 ? `Opening ${files.length} projects…` : 'Opening the project…',
    async () => {
      const opened: { file: File; project: OpenedProject }[] = [];
      const problems: string[] = [];
      for (const file of files) {
        try {
          opened.push({ file, project: (await runProject({ type: 'read', file })).project });
        } catch (error) {
          problems.push(`${file.name} was not opened. ${messageOf(error)}`);
        }
      }
      const several = files.length > 1;
      const merged = merge(
        opened.map(({ file, project }) => openedFile(project, several ? `${projectTitle(file.name)}: ` : '')),
      );
      const [single] = several ? [] : opened;
      return {
        problems,
        told: sentences(opened.length, merged),
        ...(single && (await restore(single, merged))),
      };
    },
  );
}

/** Takes a file that an opened project waits for. */
export function giveFile(file: File): Promise<void> {
  return telling(`Reading ${file.name}…`, async () => {
    const { wanted } = useProjects.getState();
    const [next, ...missing] = wanted?.missing ?? [];
    if (!wanted || !next) return undefined;
    if (!(await isFile(file, next))) {
      throw new Error(
        `${file.name} is another file than the ${next.name} that ${wanted.project} was made with: their sizes or checksums differ. Choose that file, or open this one as new data.`,
      );
    }
    const found = wanted.found.table ? { ...wanted.found, labels: file } : { table: file };
    if (missing.length > 0) return { wanted: { ...wanted, missing, found } };
    if (isBusy(useLab.getState()))
      throw new Error(`A run trains meanwhile: pause it, then open ${file.name}.`);
    giveData(wanted.runs, found);
    lab.data.restore(wanted.config, found);
    return { wanted: undefined };
  });
}

function openedFile({ data, runs }: OpenedProject, prefix: string): OpenedFile {
  const { source, table, labels } = data;
  return { runs, prefix, source, files: filesOf(table, labels) };
}

function filesOf(table?: KnownFile, labels?: KnownFile): OwnFiles {
  return { ...(table?.file && { table: table.file }), ...(labels?.file && { labels: labels.file }) };
}

/** Draws the merged runs in the place of those that are not pinned. */
function merge(opened: readonly OpenedFile[]): RunView[] {
  const { runs } = useLab.getState();
  const merged = mergedRuns(opened, runs, () => crypto.randomUUID());
  if (merged.length > 0) {
    const others = runs.map((run) => (run.pinned ? run : { ...run, shown: false }));
    useLab.setState({ runs: [...others, ...merged], playhead: undefined });
  }
  return merged;
}

/** Brings back the data of a project, and the settings of its newest run on them that can go on, or else of its newest. */
async function restore(
  { file, project }: { file: File; project: OpenedProject },
  merged: readonly RunView[],
): Promise<Partial<ProjectState>> {
  const { source, table, labels } = project.data;
  const runs = merged.filter(({ config }) => config.data.source === source);
  const config = (runs.findLast(({ saved }) => saved) ?? runs.at(-1))?.config;
  if (useLab.getState().view.locked) return {};
  if (isBusy(useLab.getState()))
    return {
      problems: [
        `${file.name} came while a run trains: its runs are here, and the data and settings are as they were. Pause, and open it again to have its own.`,
      ],
    };
  if (!table) {
    if (!sourceByName(source))
      return {
        problems: [
          `${file.name} was trained on '${source}', which this page does not have: its runs are here, and the data are as they were.`,
        ],
      };
    if (config) lab.data.restore(config, {});
    else lab.data.openSource(source);
    return { wanted: undefined };
  }
  const known = [table, ...(labels ? [labels] : [])];
  const files = table.file ? filesOf(table, labels) : await openAlready(known);
  if (!files)
    return config
      ? { wanted: { project: file.name, missing: known, found: {}, config, runs: idsOf(runs) } }
      : {};
  giveData(idsOf(runs), files);
  if (config) lab.data.restore(config, files);
  else if (files.table) lab.data.openFile(files.table);
  return { wanted: undefined };
}

/** The files that are open, if they are these. */
async function openAlready([table, labels]: readonly KnownFile[]): Promise<OwnFiles | undefined> {
  const { files } = lab.data;
  const same = async (file: File | undefined, known: KnownFile | undefined) =>
    known === undefined || (file !== undefined && (await isFile(file, known)));
  return (await same(files.table, table)) && (await same(files.labels, labels)) ? files : undefined;
}

async function isFile(file: File, known: KnownFile): Promise<boolean> {
  return file.size === known.size && (await crcOf(file)) === known.crc32;
}

function giveData(ids: readonly string[], files: OwnFiles): void {
  useLab.setState((state) =>
    withRuns(state, ids, (run) => (run.saved ? { ...run, saved: { ...run.saved, files } } : run)),
  );
}

function sentences(projects: number, merged: readonly RunView[]): string[] {
  if (projects === 0) return [];
  const drawn = merged.filter(({ shown }) => shown).length;
  const runs = `${merged.length} ${merged.length === 1 ? 'run' : 'runs'}`;
  const from =
    projects > 1 ? `${runs} of ${projects} projects were` : `${runs} ${merged.length === 1 ? 'was' : 'were'}`;
  const rest =
    merged.length > drawn
      ? `; ${drawn} ${drawn === 1 ? 'is' : 'are'} drawn, and the Runs table has them all`
      : '';
  return [`${from} added${rest}.`];
}

const idsOf = (runs: readonly RunView[]) => runs.map(({ id }) => id);
