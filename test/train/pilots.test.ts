import { expect, onTestFinished, test, vi } from 'vitest';
import { sweepAxes, sweepConfigs } from '../../src/app/sweep/sweepPlan.ts';
import { generate, prepare } from '../../src/engine/data/index.ts';
import type { PreparedData } from '../../src/engine/data/types.ts';
import { type Config, defaults, parseConfig, setKeys } from '../../src/engine/train/config.ts';
import { type PilotStop, runPilots } from '../../src/engine/train/pilots.ts';
import type { PilotEvent, PilotResult } from '../../src/engine/train/protocol.ts';
import { Trainer } from '../../src/engine/train/trainer.ts';
import { useGpu } from '../gpu.ts';

const gpu = useGpu();

const config = setKeys(defaults, [
  ['data.window', '8'],
  ['data.stride', '8'],
  ['model.hiddenSize', '4'],
  ['model.latentSize', '2'],
  ['model.tokenSize', '4'],
  ['diffusion.width', '8'],
  ['diffusion.sampleSteps', '4'],
  ['train.batchSize', '8'],
  ['train.denoiserBatchSize', '8'],
  ['evaluate.count', '6'],
  ['evaluate.dependenceSeries', '4'],
  ['evaluate.quadrature', '8'],
]);
const data = prepare(generate('reveal', { count: 60, seed: 0, seqLen: 8 }), config.data);

test('a plan is a grid of configs that can be run', () => {
  expect(sweepAxes(3, 1000)).toEqual({ ends: [0, 45, 90], starts: [100, 500, 900] });
  for (const one of sweepConfigs(config, 5, 100)) expect(parseConfig(one)).toEqual(one);
  expect(
    sweepConfigs(config, 2, 10).map(({ method }) => [method.inferenceEnd, method.collapseStart]),
  ).toEqual([
    [0, 100],
    [0, 900],
    [90, 100],
    [90, 900],
  ]);
});

test('pilot runs are trained in turn, with progress, and measured on the validation part alone', async () => {
  const run = async (on: PreparedData) => {
    const events: PilotEvent[] = [];
    const configs = sweepConfigs(config, 2, 6);
    await runPilots(gpu(), configs, on, (event) => events.push(event), { asked: false });
    expect(events.some((event) => event.type === 'progress' && event.share > 0)).toBe(true);
    expect(events.at(-1)).toEqual({ type: 'end', stopped: false });
    return events.flatMap((event) => (event.type === 'result' ? [event] : []));
  };
  const results = await run(data);
  expect(results.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  for (const { result } of results) {
    const { windows, logLikelihood, swap, noise, m0, trusted, control } = result.measures ?? {};
    expect(windows).toBe(Math.min(data.validation.count, config.evaluate.count));
    expect(logLikelihood?.error).toBeGreaterThan(0);
    const numbers = [logLikelihood, swap, noise].flatMap((one) => [one?.value, one?.error]);
    for (const number of [...numbers, m0, control]) expect(number).toSatisfy(Number.isFinite);
    expect(trusted).toBe(true);
  }
  // The same seed gives the same numbers, whatever the test part holds.
  const unseen = { ...data.test, values: data.test.values.map((value) => 10 * value) };
  const again = await run({ ...data, test: unseen });
  expect(again.map(({ result }) => result)).toEqual(results.map(({ result }) => result));
});

test('a run that fails is a result with its reason, and the next one is trained', async () => {
  const [first, second] = sweepConfigs(config, 2, 6) as [Config, Config];
  const wild = { ...first, train: { ...first.train, learningRate: 1, warmup: 0, clip: 1e6, steps: 60 } };
  const literal = { ...wild, method: { ...wild.method, lambdaCS: 1000, penalty: 'literal' as const } };
  const results: PilotResult[] = [];
  const keep = (event: PilotEvent) => {
    if (event.type === 'result') results.push(event.result);
  };
  await runPilots(gpu(), [literal, second], data, keep, { asked: false });
  expect(results[0]?.failure).toMatch(/\.$/);
  expect(results[1]?.measures?.windows).toBe(6);
});

test('without a validation part nothing is trained', async () => {
  const none = { ...data, validation: { ...data.validation, count: 0 } };
  const events: PilotEvent[] = [];
  const runs = runPilots(gpu(), [config], none, (event) => events.push(event), { asked: false });
  await expect(runs).rejects.toThrow("raise 'data.split.validation'");
  expect(events).toEqual([]);
});

test('a sweep that is stopped ends at once and keeps what it has', async () => {
  const stop: PilotStop = { asked: false };
  const events: PilotEvent[] = [];
  await runPilots(
    gpu(),
    sweepConfigs(config, 2, 6),
    data,
    (event) => {
      events.push(event);
      if (event.type !== 'result') return;
      stop.asked = true;
      void stop.trainer?.pause();
    },
    stop,
  );
  expect(events.filter(({ type }) => type === 'result')).toHaveLength(1);
  expect(events.at(-1)).toEqual({ type: 'end', stopped: true });
});

test('a sweep that is stopped while a run compiles does not train that run, and gives its memory back', async () => {
  const freed = vi.spyOn(Trainer.prototype, 'destroy');
  onTestFinished(() => freed.mockRestore());
  const stop: PilotStop = { asked: false };
  const events: PilotEvent[] = [];
  const ended = runPilots(gpu(), sweepConfigs(config, 2, 6), data, (event) => events.push(event), stop);
  stop.asked = true; // the first run has begun to compile
  await ended;
  expect(events).toEqual([{ type: 'end', stopped: true }]);
  expect(freed).toHaveBeenCalledOnce();
});
