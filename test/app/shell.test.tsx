import { renderToStaticMarkup } from 'react-dom/server';
import { beforeEach, expect, test, vi } from 'vitest';
import { noMapping } from '../../src/app/data/mapping.ts';
import { newRun, type RunStatus, type RunView } from '../../src/app/runs/runView.ts';
import { pageDefaults, settingsFromAddress } from '../../src/app/settings/index.ts';
import { copyText } from '../../src/app/shell/copyText.ts';
import { hiddenSentence, type Mark, markOf, positionOf } from '../../src/app/shell/hidden.ts';
import { ShortcutList } from '../../src/app/shell/KeyboardSheet.tsx';
import { LinkForm } from '../../src/app/shell/LinkOptions.tsx';
import { comfortableLength, linkOf, privateFileWarning } from '../../src/app/shell/linkOf.ts';
import { useSheet } from '../../src/app/shell/sheet.ts';
import { obey, type Press, shortcutFor, shortcuts } from '../../src/app/shell/shortcuts.ts';
import { resolvedTheme, themeAfter, themes } from '../../src/app/shell/theme.ts';
import { Deleted } from '../../src/app/shell/UndoToast.tsx';
import { mayTakeUp, runKey, useLab } from '../../src/app/store.ts';
import { viewDefaults } from '../../src/app/view.ts';
import type { WorkerCommand } from '../../src/app/workerProtocol.ts';

const sent = vi.hoisted((): string[] => []);

vi.mock('../../src/app/trainerClient.ts', () => ({
  TrainerClient: class {
    send({ type }: WorkerCommand) {
      sent.push(type);
    }
  },
}));
vi.stubGlobal('history', { replaceState: () => {} });
vi.stubGlobal('location', { origin: '', pathname: '/', hash: '' });
vi.stubGlobal('document', { activeElement: null });

const fresh = useLab.getInitialState();
const dataset = {
  ...{
    name: 'reveal',
    kind: 'generator' as const,
    columns: [],
    numeric: [],
    facts: [],
    rows: 9,
    reasons: [],
  },
  mapping: noMapping,
  form: 'table' as const,
  knownAs: 'table' as const,
  items: [],
};
const press = (key: string, more: Partial<Press> = {}): Press => ({
  ...{ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, repeat: false },
  ...{ defaultPrevented: false, typing: false, onControl: false, inDialog: false },
  ...more,
});

function liveRun(status: RunStatus, steps = 0): RunView {
  const state = useLab.getState();
  const identity = {
    id: 'r',
    name: 'amber heron',
    config: pageDefaults,
    dataset: 'Reveal',
    origin: 'live' as const,
  };
  const run = newRun({ ...identity, key: runKey(state, pageDefaults) });
  const progress = { step: steps, steps: 1000, phase: 'joint' as const, stepsPerSecond: 10, secondsLeft: 1 };
  return { ...run, status, progress };
}

const withRun = (status: RunStatus, steps?: number) =>
  useLab.setState({ runs: [liveRun(status, steps)], live: ['r'] });

beforeEach(() => {
  sent.length = 0;
  useSheet.setState({ open: false });
  useLab.setState(
    {
      ...fresh,
      gpu: { status: 'ready', name: 'test', fallback: false },
      config: pageDefaults,
      view: viewDefaults,
      data: { opening: false, dataset },
    },
    true,
  );
});

test.each([' ', 'k', 'K'])('%j runs, and pauses what runs', (key) => {
  obey(press(key));
  expect(sent).toEqual(['label', 'load', 'run']);
  withRun('running');
  obey(press(key));
  expect(sent.at(-1)).toBe('pause');
  expect(useLab.getState().runs[0]?.status).toBe('pausing');
  obey(press(key));
  expect(sent).toHaveLength(4);
});

test('a refused file is spoken of until a run begins', () => {
  const openFailure = { name: 'bad.csv', failure: { message: 'It is empty.' } };
  useLab.setState({ data: { opening: false, dataset, openFailure } });
  withRun('finished');
  obey(press('k'));
  expect(useLab.getState().data.openFailure).toBe(openFailure);
  useLab.setState({ runs: [], live: [] });
  obey(press('k'));
  expect(sent).toContain('run');
  expect(useLab.getState().data.openFailure).toBeUndefined();
});

test('a finished run is not begun again by its key', () => {
  withRun('finished');
  obey(press('k'));
  obey(press('s'));
  expect(sent).toEqual([]);
});

test('S makes a step; R resets with Shift alone', () => {
  withRun('paused');
  obey(press('s'));
  expect(sent).toEqual(['step']);
  expect(obey(press('r'))).toBe(false);
  expect(obey(press('R', { shiftKey: true }))).toBe(true);
  expect(sent).toEqual(['step', 'reset']);
});

test('B trains both, but not while something trains', () => {
  obey(press('b'));
  expect(useLab.getState().live).toHaveLength(2);
  expect(sent).toEqual(['label', 'label', 'load', 'run']);
  obey(press('b'));
  expect(sent).toHaveLength(4);
});

test('where the link fixes the settings, B trains both if that changes none, and only runs with them are taken up', () => {
  const latentDiffusion = { ...pageDefaults.method, name: 'latent-diffusion' as const };
  const view = { ...viewDefaults, locked: true };
  useLab.setState({ view, config: { ...pageDefaults, method: latentDiffusion } });
  obey(press('b'));
  expect([sent, useLab.getState().view.beside]).toEqual([[], null]);
  useLab.setState({ config: pageDefaults });
  const other = { ...pageDefaults, train: { ...pageDefaults.train, seed: 7 } };
  const takesUp = (...configs: (typeof pageDefaults)[]) => mayTakeUp(useLab.getState(), configs);
  expect([takesUp(pageDefaults), takesUp(other), takesUp(pageDefaults, pageDefaults)]).toEqual([
    true,
    false,
    false,
  ]);
  obey(press('b'));
  expect(sent).toEqual(['label', 'label', 'load', 'run']);
  useLab.setState({ view: viewDefaults });
  expect(takesUp(other)).toBe(true);
});

test('keys of the view: noise, tabs, lesson, theme, sheet', () => {
  const view = () => useLab.getState().view;
  obey(press('n'));
  expect(view().mode).toBe('mean');
  obey(press('n'));
  expect(view().mode).toBe('sample');
  const tabs = ['1', '2', '3', '4', '5', '6', '7'].map((key) => {
    obey(press(key));
    return view().drawer;
  });
  expect(tabs).toEqual(['losses', 'scores', 'runs', 'memory', 'log', 'export', 'sweep']);
  obey(press('l'));
  expect(view().lesson).toBe(1);
  useLab.setState({ view: { ...view(), lesson: 4 } });
  obey(press('l'));
  expect(view().lesson).toBeNull();
  obey(press('l'));
  expect(view().lesson).toBe(4);
  obey(press('t'));
  expect(view().theme).toBe('light');
  obey(press('?', { shiftKey: true }));
  expect(useSheet.getState().open).toBe(true);
  obey(press('?', { shiftKey: true, inDialog: true }));
  expect(useSheet.getState().open).toBe(false);
});

test.each<[string, Partial<Press>]>([
  ['while typing', { typing: true }],
  ['with ctrl', { ctrlKey: true }],
  ['with meta', { metaKey: true }],
  ['with alt', { altKey: true }],
  ['held down', { repeat: true }],
  ['already taken', { defaultPrevented: true }],
  ['in a dialog', { inDialog: true }],
  ['with shift', { shiftKey: true }],
])('no letter acts %s', (_, more) => {
  for (const key of ['k', 's', 'b', 'n', 'l', 't']) expect(shortcutFor(press(key, more))).toBeUndefined();
});

test('Space belongs to the control that has the focus; letters do not', () => {
  expect(shortcutFor(press(' ', { onControl: true }))).toBeUndefined();
  expect(shortcutFor(press('k', { onControl: true }))).toBeDefined();
});

test('digits and the question mark may need Shift on a keyboard', () => {
  expect(shortcutFor(press('1', { shiftKey: true }))).toBeDefined();
  expect(shortcutFor(press('?'))).toBeDefined();
});

test('no key is taken twice, and the sheet lists all of them', () => {
  const keys = shortcuts.flatMap((one) => one.keys);
  expect(new Set(keys).size).toBe(keys.length);
  const markup = renderToStaticMarkup(<ShortcutList />);
  for (const { does } of shortcuts) expect(markup).toContain(does);
  expect(markup).toContain('<kbd>Shift</kbd> <kbd>R</kbd>');
  expect(markup).toContain('<kbd>Space</kbd>');
});

test('the themes are gone through, and the automatic one follows the system', () => {
  expect(themes.map(themeAfter)).toEqual(['light', 'dark', 'auto']);
  expect(resolvedTheme('auto', true)).toBe('dark');
  expect(resolvedTheme('auto', false)).toBe('light');
  expect(resolvedTheme('light', true)).toBe('light');
});

test('a link with options reads back as the view that was asked for', () => {
  const state = { config: pageDefaults, view: { ...viewDefaults, mode: 'mean' as const } };
  const link = linkOf(state, { embed: true, locked: true, hide: ['data', 'drawer'] }, 'http://lab/x/');
  expect(link).toBe('http://lab/x/?mode=mean&embed=true&locked=true&hide=data,drawer');
  expect(link.length).toBeLessThan(comfortableLength);
  const { view } = settingsFromAddress(new URL(link).search);
  expect(view).toMatchObject({ mode: 'mean', embed: true, locked: true, hide: ['data', 'drawer'] });
  expect(linkOf(state, { embed: false, locked: false, hide: [] }, 'http://lab/')).toBe(
    'http://lab/?mode=mean',
  );
});

test('the form shows the address, its length, and what a link cannot carry', () => {
  const form = { changes: { embed: false, locked: true, hide: ['data' as const] }, onChange: () => {} };
  const markup = renderToStaticMarkup(<LinkForm {...form} link="http://lab/?a=b" warning="No data." />);
  expect(markup).toContain('15 characters');
  expect(markup).toContain('No data.');
  expect(markup.match(/checked=""/g)).toHaveLength(2);
  const long = renderToStaticMarkup(<LinkForm {...form} link={'x'.repeat(301)} />);
  expect(long).toContain('Longer than 300 characters');
});

test('a private file is warned of by name, a built-in set is not', () => {
  expect(privateFileWarning(useLab.getState())).toBeUndefined();
  useLab.setState({ data: { opening: false, dataset: { ...dataset, kind: 'file', name: 'beats.csv' } } });
  expect(privateFileWarning(useLab.getState())).toContain('beats.csv');
});

test('where the clipboard is refused or missing, copying says so', async () => {
  vi.stubGlobal('navigator', { clipboard: { writeText: () => Promise.reject(new Error('no')) } });
  expect(await copyText('x')).toBe(false);
  vi.stubGlobal('navigator', {});
  expect(await copyText('x')).toBe(false);
  const writeText = vi.fn(() => Promise.resolve());
  vi.stubGlobal('navigator', { clipboard: { writeText } });
  expect(await copyText('x')).toBe(true);
  expect(writeText).toHaveBeenCalledWith('x');
});

test('the toast names the run and offers to undo', () => {
  const markup = renderToStaticMarkup(
    <Deleted names={['amber heron']} onUndo={() => {}} onDismiss={() => {}} />,
  );
  expect(markup).toContain('amber heron');
  expect(markup).toContain('>Undo</button>');
  expect(markup).toContain('aria-label="Dismiss"');
});

const mark = (seconds: number, steps: number, more: Partial<Mark> = {}): Mark => ({
  ...{ time: 1000 * seconds, steps, end: 1000, stepsPerSecond: 10, runs: 'r' },
  ...more,
});

test.each([
  ['went on', mark(0, 100), mark(30, 390), 'training went on: 290 steps.'],
  ['was frozen', mark(0, 100), mark(30, 103), 'froze the training: 3 steps instead of about 300.'],
  ['was slowed', mark(0, 100), mark(30, 200), 'slowed the training down: 100 steps instead of about 300.'],
  ['finished', mark(0, 900), mark(400, 1000), 'training went on and is finished.'],
  ['had no rate yet', mark(0, 0, { stepsPerSecond: 0 }), mark(30, 40), 'training went on: 40 steps.'],
])('a hidden training that %s', (_, before, after, expected) => {
  const line = hiddenSentence(before, after);
  expect(line).toMatch(/^The tab was hidden for /);
  expect(line).toContain(expected);
});

test('nothing is said of a glance away, of other runs, or of what never trained', () => {
  expect(hiddenSentence(mark(0, 100), mark(3, 130))).toBeUndefined();
  expect(hiddenSentence(mark(0, 100), mark(30, 130, { runs: 's' }))).toBeUndefined();
  withRun('paused', 5);
  expect(markOf(useLab.getState(), 0)).toBeUndefined();
  withRun('running', 5);
  expect(markOf(useLab.getState(), 7)).toEqual(positionOf(useLab.getState(), 7));
  expect(markOf(useLab.getState(), 7)).toMatchObject({ time: 7, steps: 5, end: 1000, stepsPerSecond: 10 });
});
