import { renderToStaticMarkup } from 'react-dom/server';
import { beforeEach, expect, test, vi } from 'vitest';
import { noMapping } from '../../src/app/data/mapping.ts';
import { answerPage, clearAnswers, useAnswers } from '../../src/app/lesson/answers.ts';
import { nameAmong, spreadRatio } from '../../src/app/lesson/observe.ts';
import { PageList } from '../../src/app/lesson/PageList.tsx';
import { lessonPages } from '../../src/app/lesson/pages/index.ts';
import { Question } from '../../src/app/lesson/Question.tsx';
import { standardRuns } from '../../src/app/lesson/trainBeside.ts';
import { WorksheetPages } from '../../src/app/lesson/Worksheet.tsx';
import { newRun, type RunView } from '../../src/app/runs/runView.ts';
import { pageDefaults } from '../../src/app/settings/index.ts';
import { useLab, withSettings } from '../../src/app/store.ts';
import { viewDefaults } from '../../src/app/view.ts';
import type { WorkerCommand } from '../../src/app/workerProtocol.ts';
import type { Config } from '../../src/engine/train/config.ts';
import type { DependenceCurve, SampleSet } from '../../src/engine/train/protocol.ts';

const sent = vi.hoisted((): WorkerCommand[] => []);

vi.mock('../../src/app/trainerClient.ts', () => ({
  TrainerClient: class {
    send(command: WorkerCommand) {
      sent.push(command);
    }
  },
}));
vi.stubGlobal('history', { replaceState: () => {} });
vi.stubGlobal('location', { origin: '', pathname: '/', hash: '' });
vi.stubGlobal('document', { querySelector: () => null, getElementById: () => null, baseURI: 'http://lab/' });

const fresh = useLab.getInitialState();
const page = (number: number) => lessonPages[number - 1] as (typeof lessonPages)[number];
const look = (number: number) => page(number).look(useLab.getState());
const act = (number: number) => page(number).act.run(useLab.getState());
const blocked = (number: number) => page(number).act.blocked?.(useLab.getState());
const types = () => sent.map(({ type }) => type);

const dataset = {
  ...{
    name: 'reveal',
    kind: 'generator' as const,
    columns: [],
    numeric: [],
    facts: [],
    rows: 112_000,
    reasons: [],
  },
  mapping: noMapping,
  form: 'table' as const,
  knownAs: 'table' as const,
  items: [],
};
const prepared = {
  features: ['x'],
  whole: false,
  counts: { train: 2800, validation: 350, test: 350 },
  notes: [],
  preview: { values: new Float32Array(), count: 0, seqLen: 32, featureSize: 1, ids: [] },
  needs: { bytes: 1, parts: [], work: 1 },
};

/** A config by dotted keys over the page's own. */
function configOf(settings: Record<string, unknown>): Config {
  const config = withSettings(pageDefaults, settings);
  if (typeof config === 'string') throw new Error(config);
  return config;
}

function curve(step: number, m0: number, mLocal: number): DependenceCurve {
  const band = { m0q25: m0, m0q75: m0, mLocalQ25: mLocal, mLocalQ75: mLocal };
  const points = [1, 2, 3].map((position) => ({
    ...band,
    position,
    m0: position === 1 ? 1 : m0,
    mLocal: position === 3 ? mLocal : 1,
  }));
  return { step, points, residual: 1e-3, quadrature: 8, series: 4 };
}

/** A run that is drawn, with a curve whose last point has these shares. */
function run(id: string, settings: Record<string, unknown>, curves: DependenceCurve[]): RunView {
  const identity = { id, name: `run ${id}`, dataset: 'Reveal', origin: 'live' as const, key: id };
  return { ...newRun({ ...identity, config: configOf(settings) }), status: 'finished', curves };
}

const latent = (m0 = 0.012, mLocal = 0.14) =>
  run('a', { 'method.name': 'latent-diffusion' }, [curve(0, 0.5, 0.5), curve(1000, m0, mLocal)]);
const stable = (m0 = 0.71, mLocal = 0.01) => run('b', {}, [curve(0, 0.5, 0.5), curve(1000, m0, mLocal)]);

beforeEach(() => {
  sent.length = 0;
  clearAnswers();
  useLab.setState(
    {
      ...fresh,
      gpu: { status: 'ready', name: 'test', fallback: false },
      config: pageDefaults,
      view: viewDefaults,
      data: { opening: false, dataset, prepared },
      runs: [],
      live: [],
    },
    true,
  );
});

test('there are eight pages, as many as an address can name', () => {
  expect(lessonPages).toHaveLength(8);
  expect(new Set(lessonPages.map(({ title }) => title)).size).toBe(8);
});

test.each(lessonPages.map((one) => [one.title, one] as const))(
  '%s: a text, a question, choices of which one is right, a reply to each, and a reveal',
  (_, { text, question, choices, reveal, act: { does } }) => {
    for (const part of [text, question, reveal]) {
      expect(renderToStaticMarkup(part).replace(/<[^>]*>/g, '').length).toBeGreaterThan(40);
    }
    expect(choices.length).toBeGreaterThanOrEqual(3);
    expect(choices.filter(({ right }) => right)).toHaveLength(1);
    expect(new Set(choices.map((one) => one.text)).size).toBe(choices.length);
    for (const { reply } of choices) expect(reply).toMatch(/\.$/);
    expect(does).toMatch(/\.$/);
  },
);

test('the reveal is not in the document before the answer, and the answer is beside it after', () => {
  const { question, choices, reveal } = page(2);
  const props = { page: { question, choices, reveal }, onAnswer: () => {} };
  const before = renderToStaticMarkup(<Question {...props} />);
  expect(before).not.toContain('healthy');
  expect(before.match(/type="radio"/g)).toHaveLength(3);
  expect(before).toContain('aria-live="polite"');
  const after = renderToStaticMarkup(<Question {...props} chosen={0} />);
  expect(after).toContain('healthy');
  expect(after).toContain(`Your answer: ${choices[0]?.text}`);
  expect(after).toContain('Not so.');
  expect(after).not.toContain('type="radio"');
  expect(renderToStaticMarkup(<Question {...props} chosen={1} />)).toContain('So it is.');
});

test('the first answer to a page is kept', () => {
  answerPage(3, 2);
  answerPage(3, 1);
  answerPage(4, 0);
  expect(useAnswers.getState().answers).toEqual({ 3: 2, 4: 0 });
  clearAnswers();
  expect(useAnswers.getState().answers).toEqual({});
});

test('the list of pages says where the reader is and what is answered', () => {
  const list = { titles: ['One', 'Two', 'Three'], go: () => {}, onClear: () => {} };
  const markup = renderToStaticMarkup(<PageList {...list} number={2} answered={[1]} />);
  expect(markup).toMatch(/aria-current="page" aria-label="Page 2: Two"/);
  expect(markup).toContain('aria-label="Page 1: One, answered"');
  expect(markup).toContain('1 of 3 answered');
});

test('the worksheet has every question with its choices and lines to write on, and no reveal', () => {
  const markup = renderToStaticMarkup(<WorksheetPages pages={lessonPages} address="http://lab/?a=b" />);
  expect(markup.match(/<h2>/g)).toHaveLength(8);
  for (const { choices } of lessonPages) {
    for (const { text } of choices) expect(markup).toContain(text);
  }
  expect(markup.match(/class="[^"]*line[^"]*"/g)).toHaveLength(24);
  expect(markup).toContain('http://lab/?a=b');
  expect(markup).not.toContain('healthy');
});

test('1: the data of the lesson are opened, and named once they are there', () => {
  expect(look(1)).toMatchObject({ done: true });
  expect(look(1).sentence).toContain('2,800 windows of 32 positions');
  act(1);
  expect(sent.at(-1)).toMatchObject({ type: 'open', origin: { name: 'reveal' } });
  expect(look(1).done).toBe(true);
  useLab.setState({ data: { opening: false, dataset: { ...dataset, name: 'tone' }, prepared } });
  expect(look(1)).toMatchObject({ done: false });
  expect(look(1).sentence).toContain('The screen has Tone');
});

test('1: whole series are not called windows', () => {
  useLab.setState({ data: { opening: false, dataset, prepared: { ...prepared, whole: true } } });
  expect(look(1).sentence).toBe(
    'Reveal is open: 2,800 whole series to train on. Look for the step in the three that are drawn.',
  );
});

test('runs of unequal length are told with their positions', () => {
  const long = stable(0.4);
  const [curves] = [long.curves.map((one) => ({ ...one, points: one.points.slice(0, 2) }))];
  useLab.setState({ runs: [latent(), { ...long, curves }] });
  expect(look(2).sentence).toContain(
    'From z, at the last position, after 1,000 steps: Latent diffusion 1\u00a0% at position 3',
  );
});

test('2: both models are trained on data in order, and read at the last position', () => {
  expect(look(2)).toEqual({ done: false, sentence: 'There is no curve yet.' });
  useLab.setState({ config: configOf({ 'data.shuffle': true, 'method.lambdaCS': 0 }) });
  expect(act(2)).toBeUndefined();
  expect(types().slice(-2)).toEqual(['load', 'run']);
  const { runs } = useLab.getState();
  expect(runs.map(({ config }) => config.method.name)).toEqual(['latent-diffusion', 'posterior-stable']);
  expect(runs.every(({ config }) => !config.data.shuffle && config.method.lambdaCS === 0.1)).toBe(true);
  expect(blocked(2)).toContain('Pause');

  useLab.setState({ runs: [latent(), stable()] });
  const { done, sentence } = look(2);
  expect(done).toBe(true);
  expect(sentence).toBe(
    'From z, at position 3, after 1,000 steps: Latent diffusion 1\u00a0% and Posterior-stable 71\u00a0%.',
  );
  useLab.setState({ playhead: 0 });
  expect(look(2).done).toBe(false);
});

test('2: the loss that is quoted is what latent diffusion is trained by', () => {
  const row = { step: 0, total: 9, cs: 0, dm: 1, gradNorm: 1, lr: 1e-3 };
  const left = latent();
  left.losses.add([
    { ...row, vi: 40, kl: 2 },
    { ...row, step: 1, vi: 20, kl: 0.5 },
    { ...row, step: 2, vi: Number.NaN, kl: Number.NaN },
  ]);
  useLab.setState({ runs: [left, stable()] });
  expect(look(2).sentence).toContain('went from 42.00 to 20.50 nats a series');
});

test('whatever N, M and the timesteps were set to, the acts of the lesson set their own, all at once', () => {
  for (const [number, method] of [
    [7, { 'method.inferenceEnd': 150, 'method.collapseStart': 900 }],
    [2, { 'method.inferenceEnd': 950, 'method.collapseStart': 980 }],
    [6, { 'method.inferenceEnd': 10, 'method.collapseStart': 90, 'diffusion.numTimesteps': 100 }],
  ] as const) {
    useLab.setState({ config: configOf(method), runs: [], live: [] });
    expect(act(number)).toBeUndefined();
    expect(types().slice(-2)).toEqual(['load', 'run']);
  }
});

test('without WebGPU the page says so instead of training', () => {
  useLab.setState({ gpu: { status: 'missing', reason: 'no-api', message: '' } });
  for (const number of [2, 5, 6, 7]) expect(blocked(number)).toContain('no WebGPU');
});

test('3: with the noise away, the spread of series means tells the two apart', () => {
  const two = (a: number, b: number) => Float32Array.from([a, a, b, b]);
  const samples = (generated: Float32Array): SampleSet => ({
    ...{ step: 1000, real: two(-1, 1), count: 2, seqLen: 2, featureSize: 1 },
    generated: { sample: two(-1, 1), 'noise-not-fed-back': generated, mean: generated },
  });
  expect(spreadRatio(samples(two(-2, 2)), 'mean')).toBeCloseTo(2);
  const runs = [latent(), stable()].map((one, index) => ({
    ...one,
    samples: [samples(index === 0 ? two(0.5, 0.5) : two(-1, 1))],
  }));
  expect(look(3).done).toBe(false);
  useLab.setState({ runs });
  expect(look(3)).toMatchObject({ done: false });
  act(3);
  expect(useLab.getState().view.mode).toBe('mean');
  expect(look(3)).toMatchObject({ done: true });
  expect(look(3).sentence).toContain('Means only');
  expect(look(3).sentence).toContain('Latent diffusion 0.00 and Posterior-stable 1.00');
});

test('4: only runs that have their weights are asked, and their verdicts are repeated', () => {
  useLab.setState({ runs: [latent(), stable()] });
  expect(blocked(4)).toContain('train both first');
  useLab.setState({ live: ['a', 'b'] });
  expect(blocked(4)).toBeUndefined();
  act(4);
  expect(sent).toEqual([
    { type: 'ask', run: 'a', question: 'swap' },
    { type: 'ask', run: 'b', question: 'swap' },
  ]);
  expect(look(4).sentence).toContain('Measuring');
  const use = (swap: number, noise: number) => ({
    swap: { all: swap, lastThird: swap },
    noise: { all: noise, lastThird: noise },
  });
  const answered = (one: RunView, swap: number, noise: number): RunView => ({
    ...one,
    asked: {
      swap: {
        state: 'answered',
        answer: {
          probe: 'swap',
          step: 1000,
          windows: 32,
          use: use(swap, noise),
          picture: {
            seqLen: 1,
            featureSize: 1,
            ids: ['1', '2'],
            real: { own: new Float32Array(1), other: new Float32Array(1) },
            predicted: { own: new Float32Array(1), other: new Float32Array(1) },
            freeRun: { own: new Float32Array(1), other: new Float32Array(1) },
          },
        },
      },
    },
  });
  useLab.setState({ runs: [answered(latent(), 0.01, 0.02), answered(stable(), 6, 9)] });
  const { done, sentence } = look(4);
  expect(done).toBe(true);
  expect(sentence).toContain('Latent diffusion: The decoder ignores z');
  expect(sentence).toContain('Posterior-stable: The decoder reads what is in z');
  expect(sentence).toContain('6.00 nats');
});

test('5: local dependence on shuffled data stands beside that on the data in order', () => {
  act(5);
  expect(useLab.getState()).toMatchObject({
    config: { data: { shuffle: true } },
    view: { beside: 'latent-diffusion', curves: 'local' },
  });
  useLab.setState({ runs: [latent(0.01, 0.3), { ...stable(), shown: false }] });
  expect(look(5).done).toBe(false);
  const shuffled = run('c', { 'method.name': 'latent-diffusion', 'data.shuffle': true }, [
    curve(1000, 0.1, 0.14),
  ]);
  useLab.setState(({ runs }) => ({ runs: [...runs, shuffled] }));
  expect(look(5)).toEqual({
    done: true,
    sentence:
      'Shuffled, after 1,000 steps, in the last third the value before gives Latent diffusion 14\u00a0%. In order it was Latent diffusion 30\u00a0%.',
  });
});

test('6: the penalty is left out in a run of its own, and the runs it is compared with stay drawn', () => {
  const hidden = { ...stable(), shown: false };
  useLab.setState({ runs: [latent(), hidden], config: configOf({ 'data.shuffle': true }) });
  expect(standardRuns(useLab.getState()).map(({ id }) => id)).toEqual(['a', 'b']);
  expect(act(6)).toBeUndefined();
  const { runs, live, config } = useLab.getState();
  expect(runs.map(({ shown }) => shown)).toEqual([true, true, true]);
  expect(live).toHaveLength(1);
  expect(config).toMatchObject({ data: { shuffle: false }, method: { lambdaCS: 0 } });
  expect(look(6).done).toBe(false);
  useLab.setState({ runs: [latent(), stable(), run('c', { 'method.lambdaCS': 0 }, [curve(1000, 0.62, 0)])] });
  expect(look(6)).toMatchObject({ done: true });
  expect(look(6).sentence).toContain(
    'Latent diffusion 1\u00a0%, Posterior-stable (λ = 0.1) 71\u00a0% and Posterior-stable (λ = 0) 62\u00a0%',
  );
});

test('7: N and M are named with the signal they keep, whatever page 6 left behind', () => {
  useLab.setState({ runs: [stable()], config: configOf({ 'method.lambdaCS': 0 }) });
  expect(look(7).done).toBe(false);
  expect(act(7)).toBeUndefined();
  expect(useLab.getState().config.method).toMatchObject({
    ...{ lambdaCS: 0.1, inferenceEnd: 50, collapseStart: 100 },
  });
  useLab.setState({ runs: [stable(), run('c', { 'method.collapseStart': 100 }, [curve(1000, 0.4, 0)])] });
  const { done, sentence } = look(7);
  expect(done).toBe(true);
  expect(sentence).toContain('N = 50 keeps 97\u00a0% of the signal, and M = 100 keeps 90\u00a0%.');
  expect(sentence).toContain('Posterior-stable (M = 900) 71\u00a0% and Posterior-stable (M = 100) 40\u00a0%');
});

test('8: a file of one’s own is told from a built-in set, and its runs from those on other data', () => {
  expect(look(8)).toMatchObject({ done: false });
  expect(look(8).sentence).toContain('not your own file');
  const own = { ...dataset, name: 'beats.csv', kind: 'file' as const };
  useLab.setState({ data: { opening: false, dataset: own, prepared }, runs: [stable()] });
  expect(look(8).sentence).toContain('No run on it');
  useLab.setState({ runs: [run('c', { 'data.source': 'beats.csv' }, [curve(500, 0.33, 0)])] });
  expect(look(8)).toMatchObject({ done: true });
  expect(look(8).sentence).toMatch(/^beats\.csv: 2,800 windows.* Posterior-stable 33\u00a0%\.$/);
  useLab.setState({ view: { ...viewDefaults, hide: ['data'] } });
  expect(blocked(8)).toContain('hides the Data panel');
  useLab.setState({ view: { ...viewDefaults, locked: true } });
  expect(blocked(8)).toBe('The data are fixed by the link.');
});

test('runs are named by what tells them apart', () => {
  const twins = [stable(), run('c', {}, [])];
  expect(nameAmong(twins[0] as RunView, twins)).toBe('Posterior-stable (run b)');
  const recorded: RunView = { ...latent(), origin: 'recorded' };
  expect(nameAmong(recorded, [recorded, stable()])).toBe('Latent diffusion (recorded)');
});

test('runs that are not equally far are told with their steps', () => {
  useLab.setState({ runs: [stable(), run('c', { 'method.collapseStart': 100 }, [curve(50, 0.4, 0)])] });
  expect(look(7).sentence).toContain(
    'at position 3: Posterior-stable (M = 900) 71\u00a0% after 1,000 steps and Posterior-stable (M = 100) 40\u00a0% after 50 steps.',
  );
});
