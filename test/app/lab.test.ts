import { beforeEach, expect, test, vi } from 'vitest';
import { noMapping } from '../../src/app/data/mapping.ts';
import type { KeptRun } from '../../src/app/keep/keptRun.ts';
import type { OpenedRun } from '../../src/app/project/projectProtocol.ts';
import { useProjects } from '../../src/app/project/projectState.ts';
import { labelOf } from '../../src/app/runs/labels.ts';
import { memorableName } from '../../src/app/runs/names.ts';
import { newRun } from '../../src/app/runs/runView.ts';
import { pageDefaults } from '../../src/app/settings/index.ts';
import { canTrain, isStale, type LabState, useLab } from '../../src/app/store.ts';
import type { Command, Dataset, WorkerCommand, WorkerEvent } from '../../src/app/workerProtocol.ts';

const worker = vi.hoisted(() => ({
  /** What the page asked of it. */
  sent: [] as WorkerCommand[],
  report: (_: WorkerEvent[]) => {},
}));
vi.mock('../../src/app/trainerClient.ts', () => ({
  TrainerClient: class {
    constructor(onEvents: (events: WorkerEvent[]) => void) {
      worker.report = onEvents;
    }
    send(command: WorkerCommand) {
      worker.sent.push(command);
    }
  },
}));
/** What the worker of projects reads; it answers when the test says so. */
const project = vi.hoisted(() => ({ read: Promise.resolve({}) }));
vi.mock('../../src/app/project/runProject.ts', () => ({ runProject: () => project.read }));
vi.stubGlobal('history', { replaceState: () => {} });
vi.stubGlobal('location', { origin: '', pathname: '/', hash: '' });
vi.stubGlobal('document', { baseURI: 'https://example.org/' });

const { lab } = await import('../../src/app/lab.ts');
const { openProjects } = await import('../../src/app/project/openProjects.ts');
const fresh = useLab.getInitialState();
const dataset = (name: string, kind: Dataset['kind'] = 'generator'): Dataset => ({
  ...{ name, kind, columns: [], numeric: [], facts: [], rows: 9, reasons: [], items: [] },
  mapping: noMapping,
  ...{ form: 'table', knownAs: 'table' },
});
const summary = {
  ...{ features: [], whole: false, notes: [], counts: { train: 1, validation: 1, test: 1 } },
  preview: { values: new Float32Array(), count: 0, seqLen: 0, featureSize: 0, ids: [] },
  needs: { bytes: 0, parts: [], work: 1 },
};
const report = (...events: WorkerEvent[]) => worker.report(events);
/** The commands of a type, in order. */
const sent = <T extends WorkerCommand['type']>(type: T) =>
  worker.sent.filter((command): command is Command<T> => command.type === type);
const last = (type: 'open' | 'prepare') => sent(type).at(-1)?.request ?? -1;
const opened = (name: string, kind?: Dataset['kind'], request = last('open')) =>
  report({ type: 'opened', request, dataset: dataset(name, kind) });
const prepared = (request = last('prepare')) => report({ type: 'prepared', request, summary });
const refused = (request: number) =>
  report({ type: 'data-failed', request, failure: { message: 'no such file' } });
const state = () => useLab.getState();

const kept: KeptRun = {
  ...{
    id: 'k',
    name: 'amber heron',
    config: pageDefaults,
    dataset: 'own.csv',
    pinned: false,
    deleted: false,
  },
  ...{ data: { table: 'abc' }, together: ['k'], step: 10, time: 0, file: 'k', bytes: 1, ended: false },
};

/** A page that has a GPU and its first data set. */
beforeEach(() => {
  useLab.setState(
    { ...fresh, config: pageDefaults, gpu: { status: 'ready', name: 'GPU', fallback: false } },
    true,
  );
  worker.sent = [];
  lab.data.openSource('reveal');
  opened('reveal');
  prepared();
  worker.sent = [];
});

test('a kept run whose data cannot be opened is not trained on others, whatever is prepared later', () => {
  lab.resume([kept]);
  refused(last('open'));
  expect(lab.set({ 'model.hiddenSize': 16 })).toBeUndefined();
  prepared();
  expect(sent('load')).toEqual([]);
});

test('a kept run waits for its own data, not for what was being prepared when it was resumed', () => {
  lab.set({ 'data.window': 16 });
  const before = last('prepare');
  lab.resume([kept]);
  prepared(before);
  expect(sent('load')).toEqual([]);
  opened('own.csv', 'file');
  prepared();
  expect(sent('load').map(({ runs }) => runs.map(({ run }) => run))).toEqual([['k']]);
});

test('nothing else is trained between a press of Resume and the first windows of its data', async () => {
  lab.resume([kept]);
  opened('own.csv', 'file');
  expect(canTrain(state())).toBe(false);
  lab.run();
  expect(sent('load')).toEqual([]);
  const identity = { config: pageDefaults, dataset: 'Reveal', origin: 'live' as const, key: '' };
  const saved = { step: 10, file: new Blob(['checkpoint']), files: {} };
  const other = { ...newRun({ ...identity, id: 'o', name: 'dusky lark' }), saved };
  useLab.setState(({ runs }) => ({ runs: [...runs, other] }));
  await expect(lab.continueRun('o')).rejects.toThrow('Another run waits for its data');
  prepared();
  expect(sent('load').map(({ runs }) => runs.map(({ run }) => run))).toEqual([['k']]);
  expect(canTrain(state())).toBe(true);
});

test('where the data of a run that was to go on cannot be cut, other data can be trained on', () => {
  lab.resume([kept]);
  opened('own.csv', 'file');
  refused(last('prepare'));
  expect(state().data).toMatchObject({ prepareFailure: { message: 'no such file' } });
  lab.data.openSource('sines');
  opened('sines');
  prepared();
  expect(sent('load')).toEqual([]);
  expect(canTrain(state())).toBe(true);
});

test('a saved run goes on with its own data where another file was opened while it was read', async () => {
  const identity = { config: pageDefaults, dataset: 'Reveal', origin: 'live' as const, key: '' };
  const saved = { step: 10, file: new Blob(['checkpoint']), files: {} };
  useLab.setState({ runs: [{ ...newRun({ ...identity, id: 'o', name: 'dusky lark' }), saved }] });
  const going = lab.continueRun('o');
  lab.data.openFile(new File(['a\n1\n'], 'own.csv'));
  opened('own.csv', 'file');
  prepared();
  await going;
  expect(sent('open').at(-1)?.origin.name).toBe('reveal');
});

test('what is set while a file is being read stays set when it is open', () => {
  lab.data.openFile(new File(['a\n1\n'], 'own.csv'));
  lab.set({ 'model.hiddenSize': 16 });
  lab.set({ 'data.window': 24 });
  opened('own.csv', 'file');
  const { config } = state();
  expect([config.data.source, config.data.window, config.model.hiddenSize]).toEqual(['own.csv', 24, 16]);
});

test('a file that was read before the next was asked for is the one that is open when the next is refused', () => {
  lab.data.openFile(new File(['a\n1\n'], 'first.csv'));
  const first = last('open');
  lab.data.openFile(new File([''], 'second.csv'));
  opened('first.csv', 'file', first);
  expect(state().data.opening).toBe(true);
  refused(last('open'));
  const { config, data } = state();
  expect(data).toMatchObject({
    opening: false,
    dataset: { name: 'first.csv' },
    openFailure: { name: 'second.csv' },
  });
  expect(config.data.source).toBe('first.csv');
  expect(lab.data.files.table?.name).toBe('first.csv');
});

test('a file of the same name with other content is other data', () => {
  const open = (content: string) => {
    lab.data.openFile(new File([content], 'own.csv'));
    opened('own.csv', 'file');
    prepared();
  };
  open('a\n1\n');
  lab.run();
  expect(isStale(state())).toBe(false);
  open('a\n12\n');
  expect(isStale(state())).toBe(true);
});

test('a reset after a failure gives up the run beside it too, which may still be training', () => {
  lab.show({ beside: 'latent-diffusion' });
  lab.run();
  const [left = '', right = ''] = state().live;
  report({ type: 'run', run: left, event: { type: 'state', state: 'running' } });
  const failure = { cause: 'internal', message: 'It broke.', saved: '', advice: '' } as const;
  report({ type: 'run', run: right, event: { type: 'failed', failure } });
  worker.sent = [];
  lab.reset();
  expect(worker.sent).toEqual([{ type: 'load', runs: [] }]);
});

const point = { position: 1, m0: 0, m0q25: 0, m0q75: 0, mLocal: 0, mLocalQ25: 0, mLocalQ75: 0 };
const curve = { step: 0, points: [point], residual: 0, quadrature: 8, series: 4 };

test('a reset leaves what has measured something in the table, and begins anew beside it with the same settings', () => {
  lab.set({ 'train.seed': 3 });
  lab.show({ beside: 'latent-diffusion' });
  lab.run();
  lab.reset();
  expect(sent('load')).toHaveLength(1); // they have measured nothing: the trainers go back by themselves
  expect(worker.sent.at(-1)).toEqual({ type: 'reset' });
  const before = state().live;
  for (const run of before) report({ type: 'run', run, event: { type: 'dependence', curve } });
  lab.runs.rename(before[0] ?? '', 'thesis');
  lab.reset();
  const { runs, live } = state();
  expect(live.filter((id) => before.includes(id))).toEqual([]);
  expect(runs.find(({ id }) => id === before[0])).toMatchObject({
    name: 'thesis',
    status: 'ended',
    shown: false,
  });
  const [old = [], anew = []] = sent('load').map((command) => command.runs.map(({ config }) => config));
  expect(anew).toEqual(old);
  expect(worker.sent.slice(-2).map(({ type }) => type)).toEqual(['load', 'reset']); // and nothing is trained
});

test('a reset on other data than those trained on gives the trainers up', () => {
  lab.run();
  const [id = ''] = state().live;
  report({ type: 'run', run: id, event: { type: 'dependence', curve } });
  lab.data.openSource('sines');
  opened('sines');
  prepared();
  worker.sent = [];
  lab.reset();
  expect(worker.sent).toEqual([{ type: 'load', runs: [] }]);
  expect(state().runs.map((run) => run.id)).toContain(id);
});

test('two runs that begin together have names of their own, whatever is taken', () => {
  const identity = { config: pageDefaults, dataset: 'Reveal', origin: 'live' as const, key: '' };
  const taken = Array.from({ length: 400 }, (_, n) => memorableName(n, new Set()));
  useLab.setState({ runs: taken.map((name) => newRun({ ...identity, id: name, name })) });
  lab.show({ beside: 'latent-diffusion' });
  lab.run();
  const names = state().runs.map(({ name }) => name);
  expect(new Set(names).size).toBe(402);
});

test('a run that is loaded again is drawn without the recordings, and a recording beside others is called one', async () => {
  const identity = { config: pageDefaults, dataset: 'Reveal', key: '' };
  const recorded = newRun({ ...identity, id: 'r', name: 'recorded 1', origin: 'recorded' });
  const own = newRun({ ...identity, id: 'o', name: 'dusky lark', origin: 'live' });
  const latent = { ...own, config: { ...pageDefaults, method: { ...pageDefaults.method, name: 'vae' } } };
  expect(labelOf(recorded, [recorded, latent])).toBe('Posterior-stable (recorded 1)');
  expect(labelOf(recorded, [recorded])).toBe('Posterior-stable');
  const saved = { step: 10, file: new Blob(['checkpoint']), files: {} };
  useLab.setState({ runs: [recorded, { ...own, saved }] });
  await lab.continueRun('o');
  prepared();
  expect(state().runs.map(({ id, shown }) => [id, shown])).toEqual([
    ['r', false],
    ['o', true],
  ]);
});

test('what is said last of a run that was given up does not make it paused', () => {
  lab.run();
  const [id = ''] = state().live;
  report({ type: 'run', run: id, event: { type: 'dependence', curve } });
  report({ type: 'run', run: id, event: { type: 'state', state: 'paused' } });
  lab.set({ 'model.hiddenSize': 16 });
  prepared();
  lab.run();
  report({ type: 'run', run: id, event: { type: 'state', state: 'paused' } });
  expect(state().runs.find((run) => run.id === id)?.status).toBe('ended');
});

test('a worker that stops is told of with no run there too, and nothing waits for it any more', async () => {
  const failure = { cause: 'internal', message: 'It stopped.', saved: '', advice: 'Reload.' } as const;
  lab.run();
  const saved = lab.exports.file('r', 'weights');
  lab.data.openFile(new File(['a\n1\n'], 'own.csv'));
  report({ type: 'crashed', failure });
  await expect(saved).rejects.toThrow('It stopped.');
  expect(state()).toMatchObject({ crash: failure, data: { opening: false }, live: [] });
  expect(state().runs.map(({ status }) => status)).toEqual(['failed']);
  expect(canTrain(state())).toBe(false);
  await expect(lab.exports.file('r', 'weights')).rejects.toThrow('It stopped.');
  lab.data.openFile(new File(['a\n1\n'], 'own.csv'));
  expect(state().data).toMatchObject({
    opening: false,
    openFailure: { failure: { message: 'It stopped.' } },
  });
});

const openedRun: OpenedRun = {
  ...{ name: 'dusky lark', dataset: 'Reveal', shown: true, pinned: false, config: pageDefaults, history: [] },
  saved: { step: 10, file: new Blob(['checkpoint']) },
};
const readProject = { type: 'read', project: { data: { source: 'sines' }, runs: [openedRun] } };

test('a run of a project is no run that an earlier visit has kept of the same project', async () => {
  const earlier = Array.from({ length: 9 }, (_, n) => `opened-${n}`);
  const identity = { config: pageDefaults, dataset: 'Reveal', origin: 'live' as const, key: '' };
  useLab.setState({ runs: earlier.map((id) => newRun({ ...identity, id, name: id })) });
  project.read = Promise.resolve(readProject);
  await openProjects([new File([''], 'class.posterior-lab.zip')]);
  const ids = state().runs.map(({ id }) => id);
  expect(ids).toHaveLength(10);
  expect(new Set(ids).size).toBe(10);
});

test('a project whose data are at hand takes back what another one has asked for', async () => {
  const wanted = { project: 'without.zip', missing: [], found: {}, config: pageDefaults, runs: [] };
  useProjects.setState({ wanted });
  project.read = Promise.resolve(readProject);
  await openProjects([new File([''], 'class.posterior-lab.zip')]);
  expect(useProjects.getState().wanted).toBeUndefined();
});

test('a training that began while a project or a run was being read keeps its data and settings', async () => {
  let answer: (read: object) => void = () => {};
  project.read = new Promise((resolve) => {
    answer = resolve;
  });
  const opening = openProjects([new File([''], 'class.posterior-lab.zip')]);
  lab.run();
  answer(readProject);
  await opening;
  expect(sent('open')).toEqual([]);
  expect(useProjects.getState().problems).toEqual([
    'class.posterior-lab.zip came while a run trains: its runs are here, and the data and settings are as they were. Pause, and open it again to have its own.',
  ]);
  const id = state().runs.find(({ name }) => name === 'dusky lark')?.id ?? '';
  await expect(lab.continueRun(id)).rejects.toThrow(
    'A run trains meanwhile: pause it, then continue this one.',
  );
  expect(sent('open')).toEqual([]);
});

test('a run that is renamed to a name in use gets a number, whoever has the name: a run here, one that is kept, one that may come back', () => {
  const identity = { config: pageDefaults, dataset: 'Reveal', origin: 'live' as const, key: '' };
  useLab.setState({
    runs: ['here', 'mine', 'gone'].map((name) => newRun({ ...identity, id: name, name })),
    kept: { runs: [{ ...kept, id: 'k' }], bytes: 0 } as unknown as NonNullable<LabState['kept']>,
  });
  lab.runs.delete('gone');
  const renamed = (name: string) => {
    lab.runs.rename('mine', name);
    return state().runs.find(({ id }) => id === 'mine')?.name;
  };
  expect(['here', ' here 2 ', 'mine', kept.name, 'gone', 'free', ''].map(renamed)).toEqual([
    'here 2',
    'here 2',
    'mine',
    `${kept.name} 2`,
    'gone 2',
    'free',
    'free',
  ]);
  lab.runs.undoDelete();
  expect(new Set(state().runs.map(({ name }) => name)).size).toBe(3);
});

const keptReport = (...runs: KeptRun[]) =>
  report({ type: 'kept', report: { status: 'keeping', runs, bytes: 1 } });

test('a kept run that is over is loaded again, from what is kept of it and of its data', async () => {
  keptReport({ ...kept, ended: true });
  report({ type: 'past', run: 'k', events: [] });
  await lab.continueRun('k');
  expect(sent('open').at(-1)?.origin).toEqual({ name: pageDefaults.data.source, kept: kept.data });
  opened(pageDefaults.data.source, 'file');
  prepared();
  expect(sent('load').at(-1)?.runs).toEqual([{ run: 'k', config: pageDefaults, checkpoint: 'kept' }]);
  expect(state().live).toEqual(['k']);
  // What was given up for it can go on, and so it does itself when it is given up.
  lab.set({ 'model.hiddenSize': 16 });
  prepared();
  lab.run();
  expect(state().runs.map(({ id }) => id)).toContain('k');
});

test('a kept run goes on from its project’s file where that is further than what is kept', async () => {
  const identity = { config: pageDefaults, dataset: 'Reveal', origin: 'live' as const, key: '' };
  const saved = { step: 20, file: new Blob(['checkpoint']), files: {} };
  useLab.setState({ runs: [{ ...newRun({ ...identity, id: 'k', name: 'k' }), saved }] });
  keptReport({ ...kept, ended: true });
  await lab.continueRun('k');
  prepared();
  expect(sent('load').at(-1)?.runs[0]?.checkpoint).toEqual(new TextEncoder().encode('checkpoint'));
});

test('a kept run whose data are not kept asks for them, and takes them where they are open', () => {
  const config = { ...pageDefaults, data: { ...pageDefaults.data, source: 'own.csv' } };
  const bare = { ...kept, config, data: {} };
  expect(() => lab.resume([bare])).toThrow(
    'amber heron was trained on own.csv, which is not open: open that file, then continue.',
  );
  expect([sent('open'), sent('load')]).toEqual([[], []]);
  lab.data.openFile(new File(['a\n1\n'], 'own.csv'));
  opened('own.csv', 'file');
  prepared();
  lab.resume([bare]);
  expect(sent('open')).toHaveLength(1);
  prepared();
  expect(sent('load').at(-1)?.runs).toEqual([{ run: 'k', config, checkpoint: 'kept' }]);
});

test('stopped runs that are discarded can be brought back, as a deleted run can', () => {
  const pair = ['left', 'right'].map((id) => ({ ...kept, id, name: id }));
  keptReport(...pair);
  lab.runs.discard(pair);
  const told = () => sent('label').map(({ run, label }) => [run, label.deleted]);
  expect(told()).toEqual([
    ['left', true],
    ['right', true],
  ]);
  expect(state().deleted?.stopped).toEqual(pair);
  lab.runs.undoDelete();
  expect(told().slice(2)).toEqual([
    ['left', false],
    ['right', false],
  ]);
  expect([state().deleted, state().runs]).toEqual([undefined, []]);
});
