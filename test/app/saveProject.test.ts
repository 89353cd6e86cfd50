import { beforeEach, expect, test, vi } from 'vitest';
import type { KeptRun } from '../../src/app/keep/keptRun.ts';
import type { ProjectCommand, RunToSave } from '../../src/app/project/projectProtocol.ts';
import { useProjects } from '../../src/app/project/projectState.ts';
import { newRun, type RunView } from '../../src/app/runs/runView.ts';
import { pageDefaults } from '../../src/app/settings/index.ts';
import { useLab } from '../../src/app/store.ts';
import type { ExportKind } from '../../src/engine/train/protocol.ts';

/** The kept files by name, what the worker says of a live run, and what went into the project. */
const there = vi.hoisted(() => ({
  files: new Map<string, Uint8Array>(),
  live: (): Promise<Uint8Array> => Promise.reject(new Error('The worker is gone.')),
  runs: [] as unknown[],
}));
vi.mock('../../src/app/keep/files.ts', () => ({
  KeptFiles: {
    open: async () => ({
      read: async (_: string, name: string) => {
        const bytes = there.files.get(name);
        if (!bytes) throw new DOMException('No such file.', 'NotFoundError');
        return new Blob([bytes as BlobPart]);
      },
    }),
  },
}));
vi.mock('../../src/app/lab.ts', () => ({
  lab: { data: { files: {} }, exports: { file: (_: string, __: ExportKind) => there.live() } },
}));
vi.mock('../../src/app/project/runProject.ts', () => ({
  runProject: async (command: Extract<ProjectCommand, { type: 'write' }>) => {
    there.runs = command.runs;
    return { type: 'written', file: new Blob(), runs: command.runs.length, problems: [] };
  },
}));
vi.mock('../../src/app/figures/save.ts', () => ({
  download: () => {},
  fileName: (title: string, end: string) => `${title}.${end}`,
}));

const { runsToSave, saveProject } = await import('../../src/app/project/saveProject.ts');
const fresh = useLab.getInitialState();

const view = (id: string, step: number, change: Partial<RunView> = {}): RunView => {
  const run = newRun({ id, name: id, config: pageDefaults, dataset: 'Reveal', origin: 'live', key: '' });
  const progress = { step, steps: 60, phase: 'joint' as const, stepsPerSecond: 0, secondsLeft: 0 };
  return { ...run, status: 'ended', progress, ...change };
};
const kept = (id: string, step: number): KeptRun => {
  there.files.set(`${id}.safetensors`, Uint8Array.of(step));
  return {
    ...{ id, name: id, dataset: 'Reveal', pinned: true, deleted: false, config: pageDefaults, data: {} },
    ...{ together: [id], step, time: 0, file: `${id}.safetensors`, bytes: 1, ended: true },
  };
};
const saved = (step: number) => ({ step, file: new Blob([Uint8Array.of(step)]), files: {} });
const page = (runs: readonly RunView[], keptRuns: readonly KeptRun[], live: readonly string[] = []) =>
  useLab.setState({ runs, live, kept: { status: 'keeping', runs: keptRuns, bytes: 0 } });

/** Saves, and tells of each run the bytes that went in, or that its reports did. @returns that, and what was said */
async function save() {
  await saveProject('mine', false);
  const contents = await Promise.all(
    (there.runs as RunToSave[]).map(async ({ name, content }) => {
      if (!('checkpoint' in content)) return [name, 'reports'];
      const { checkpoint } = content;
      const bytes = checkpoint instanceof Blob ? new Uint8Array(await checkpoint.arrayBuffer()) : checkpoint;
      return [name, bytes[0]];
    }),
  );
  const { problems, told } = useProjects.getState();
  return { contents, problems, told };
}

beforeEach(() => {
  useLab.setState(fresh, true);
  there.files.clear();
  there.live = () => Promise.reject(new Error('The worker is gone.'));
});

test('a kept run goes in with its weights, be it over, stopped and not resumed, or given up for a newer one', async () => {
  page(
    [view('over', 60), view('live', 9)],
    [kept('stopped', 20), kept('over', 60), kept('live', 5)],
    ['live'],
  );
  there.live = async () => Uint8Array.of(9);
  expect(await save()).toEqual({
    contents: [
      ['stopped', 20],
      ['over', 60],
      ['live', 9],
    ],
    problems: [],
    told: ['mine.posterior-lab.zip has 3 runs.'],
  });
});

test('a live run that cannot be asked goes in as of its last file, whichever is further, and it is said which', async () => {
  const runs = [view('opened', 40, { saved: saved(30) }), view('kept', 40, { saved: saved(10) })];
  page(runs, [kept('opened', 20), kept('kept', 35)], ['opened', 'kept']);
  const { contents, problems } = await save();
  expect(contents).toEqual([
    ['opened', 30],
    ['kept', 35],
  ]);
  expect(problems).toEqual([
    'opened was saved as of step 30, since it could not be asked where it is now. The worker is gone.',
    'kept was saved as of step 35, since it could not be asked where it is now. The worker is gone.',
  ]);
});

test('what does not go in is said of every run', async () => {
  page(
    [view('behind', 50), view('gone', 60), view('none', 60)],
    [kept('behind', 40), kept('gone', 60), kept('lost', 20)],
  );
  there.files.delete('gone.safetensors');
  there.files.delete('lost.safetensors');
  useLab.setState(({ kept: report }) => ({
    kept: report && { ...report, unread: [{ name: 'later', reason: 'its settings are of another version' }] },
  }));
  const { contents, problems } = await save();
  expect(contents).toEqual([
    ['behind', 40],
    ['gone', 'reports'],
    ['none', 'reports'],
  ]);
  expect(problems).toEqual([
    'The kept run later was left out, since its settings are of another version.',
    expect.stringMatching(/^The kept run lost was left out\. .*No such file/),
    'behind was saved as of step 40, which is what is kept of it.',
    expect.stringMatching(/^gone was saved without its weights\. .*No such file/),
    expect.stringMatching(/^none was saved without its weights\. They are gone/),
  ]);
});

test('a run that was deleted or discarded does not go in, though the worker has yet to hear of it', () => {
  page([], [kept('discarded', 20), kept('deleted', 60)]);
  const ids = () => runsToSave(useLab.getState()).map(({ id }) => id);
  useLab.setState({ deleted: { run: view('deleted', 60), index: 0 } });
  expect(ids()).toEqual(['discarded']);
  useLab.setState({ deleted: { stopped: [kept('discarded', 20)] } });
  expect(ids()).toEqual(['deleted']);
});
