import { version } from '../../package.json';
import type { ReadProgress } from '../engine/data/readSource.ts';
import { DataError } from '../engine/data/types.ts';
import { type Gpu, openGpu } from '../engine/gpu/device.ts';
import { failureOf } from '../engine/train/failure.ts';
import type { PilotStop } from '../engine/train/pilots.ts';
import type { PilotEvent } from '../engine/train/protocol.ts';
import { Trainer } from '../engine/train/trainer.ts';
import { DataDesk, loadParser, previewOf } from './dataDesk.ts';
import type { WorkerCommand, WorkerEvent } from './workerProtocol.ts';

type Command<T extends WorkerCommand['type']> = Extract<WorkerCommand, { type: T }>;

/** The part of a worker's global scope that is used here; the page's own types describe a window. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<WorkerCommand>) => void) | null;
  postMessage(message: WorkerEvent): void;
}

/** A run and its trainer; without one where the GPU could not hold it. */
interface Seat {
  run: string;
  trainer?: Trainer;
  training?: Promise<void>;
}

const scope = self as unknown as WorkerScope;
const send = (event: WorkerEvent) => scope.postMessage(event);

const loadExports = () => import('../engine/train/exportAnswers.ts');
const loadAnswers = () => import('../engine/train/answers.ts');
/** Milliseconds after which the rest of the code is fetched: a file then opens, and a probe answers, without the network too. */
const restAfter = 5000;
setTimeout(() => void Promise.allSettled([loadParser(), loadAnswers()]), restAfter);

const desk = new DataDesk();
let gpu: Gpu | undefined;
let loaded: Command<'load'> | undefined;
let seats: Seat[] = [];
/** Set by `pause` and cleared by `run`: a pause during loading must keep the run behind it from starting. */
let paused = false;
/** Steps a second at the most. */
let limit: number | undefined;
/** What ends the reading of the files that were asked for, by request. */
const reading = new Map<number, AbortController>();
let queue: Promise<void> = Promise.resolve();
let piloting: Promise<void> = Promise.resolve();
let pilotStop: PilotStop = { asked: false };

scope.onmessage = ({ data: command }) => {
  if (command.type === 'pause') {
    paused = true;
    for (const seat of seats) pause(seat);
    return;
  }
  if (command.type === 'speed') {
    limit = command.limit ?? undefined;
    for (const { trainer } of seats) trainer?.limitSpeed(limit);
    return;
  }
  if (command.type === 'cancel') {
    stopReading();
    return;
  }
  if (command.type === 'open') {
    stopReading(); // one file is read at a time, the one that was asked for last
    reading.set(command.request, new AbortController());
  }
  if (command.type === 'ask') {
    void ask(command);
    return;
  }
  if (command.type === 'pilot' || command.type === 'stop-pilot') {
    pilotStop.asked = true;
    void pilotStop.trainer?.pause();
    if (command.type === 'pilot') {
      const stop: PilotStop = { asked: false };
      pilotStop = stop;
      piloting = piloting.then(() => pilot(command, stop));
    }
    return;
  }
  if (command.type === 'export') {
    void exportRun(command);
    return;
  }
  if (command.type === 'run') paused = false;
  queue = queue.then(() => obey(command)).catch(reportAll);
};

function stopReading(): void {
  for (const controller of reading.values()) controller.abort();
}

async function obey(
  command: Exclude<
    WorkerCommand,
    { type: 'pause' | 'ask' | 'export' | 'speed' | 'cancel' | 'pilot' | 'stop-pilot' }
  >,
): Promise<void> {
  switch (command.type) {
    case 'probe':
      // Beside the queue: the data are read while the GPU is looked for, and nothing is loaded before both are there.
      void probe();
      return;
    case 'open':
      return open(command);
    case 'guess':
      return answering(command.request, async () => {
        const dataset = await desk.guess(command.config, command.labels);
        send({ type: 'opened', request: command.request, dataset });
      });
    case 'prepare':
      return answering(command.request, async () => {
        const data = desk.prepare(command.config);
        const { features, train, validation, test, notes } = data;
        const counts = { train: train.count, validation: validation.count, test: test.count };
        const memory = Trainer.estimate(command.config, data);
        const whole = data.lengths !== undefined;
        const summary = { features, whole, counts, notes, preview: previewOf(data), memory };
        send({ type: 'prepared', request: command.request, summary });
      });
    case 'load':
      return load(command);
    case 'run':
      if (!paused) for (const seat of seats) run(seat);
      return;
    case 'step':
      // One after the other: a pair of single steps is no race.
      for (const { trainer } of seats) await trainer?.step();
      return;
    case 'reset':
      return reset();
  }
}

async function open({ request, origin, config }: Command<'open'>): Promise<void> {
  const signal = reading.get(request)?.signal;
  const onProgress = (progress: ReadProgress) => send({ type: 'reading', request, progress });
  try {
    await answering(request, async () => {
      signal?.throwIfAborted();
      const dataset = await desk.open(origin, config, { signal, onProgress });
      send({ type: 'opened', request, dataset });
    });
  } catch (error) {
    if (!signal?.aborted) throw error;
    send({ type: 'cancelled', request });
  } finally {
    reading.delete(request);
  }
}

async function probe(): Promise<void> {
  if (!navigator.gpu) {
    send({ type: 'no-webgpu', reason: 'no-api', message: 'This browser offers no WebGPU here.' });
    return;
  }
  try {
    gpu = await openGpu(navigator.gpu);
    send({ type: 'adapter', name: gpu.adapterName });
  } catch (error) {
    send({ type: 'no-webgpu', reason: 'no-adapter', message: sentence(error) });
  }
}

/** Trains beside the queue, so that other commands are heard meanwhile; several runs take turns at the GPU. */
function run(seat: Seat): void {
  seat.training ??= (seat.trainer?.run() ?? Promise.resolve())
    .catch((error) => report(seat, error))
    .finally(() => {
      seat.training = undefined;
    });
}

function pause(seat: Seat): void {
  if (seat.training) void seat.trainer?.pause();
  else send({ type: 'run', run: seat.run, event: { type: 'state', state: 'paused' } });
}

/** Back to step 0; after a lost device, on a new one. */
async function reset(): Promise<void> {
  if (gpu?.lost === undefined || !loaded) {
    for (const { trainer } of seats) await trainer?.reset();
    return;
  }
  await load(loaded);
  for (const { run } of seats) send({ type: 'run', run, event: { type: 'state', state: 'stopped' } });
}

async function load(command: Command<'load'>): Promise<void> {
  loaded = command;
  for (const { trainer } of seats) {
    await trainer?.pause();
    trainer?.destroy();
  }
  seats = command.runs.map(({ run }) => ({ run }));
  if (!gpu || gpu.lost !== undefined) await probe();
  if (!gpu) return;
  for (const [index, { run, config }] of command.runs.entries()) {
    const seat = seats[index] as Seat;
    try {
      seat.trainer = await Trainer.create(gpu, config, desk.prepare(config), (event) =>
        send({ type: 'run', run, event }),
      );
      seat.trainer.limitSpeed(limit);
    } catch (error) {
      report(seat, error);
    }
  }
}

/** Beside the queue, as questions are: the models of pilot runs are their own. */
async function pilot({ purpose, configs }: Command<'pilot'>, stop: PilotStop): Promise<void> {
  const emit = (event: PilotEvent) => send({ type: 'pilot', purpose, event });
  try {
    const [first] = configs;
    if (!gpu || gpu.lost !== undefined) await probe();
    if (!gpu || !first) throw new Error('There is no GPU to train on.');
    const { runPilots } = await import('../engine/train/pilots.ts');
    await runPilots(gpu, configs, desk.prepare(first), emit, stop);
  } catch (error) {
    emit({ type: 'failed', message: sentence(error) });
  }
}

async function ask({ run, question }: Command<'ask'>): Promise<void> {
  const trainer = seats.find((seat) => seat.run === run)?.trainer;
  try {
    if (!trainer) throw new Error('Its weights are gone: only the runs that were loaded last can be asked.');
    const { answerQuestion } = await loadAnswers();
    send({ type: 'answer', run, question, answer: await answerQuestion(trainer, question) });
  } catch (error) {
    send({ type: 'no-answer', run, question, message: sentence(error) });
  }
}

async function exportRun({ run, request, what }: Command<'export'>): Promise<void> {
  const trainer = seats.find((seat) => seat.run === run)?.trainer;
  try {
    if (!trainer) throw new Error('Its weights are gone: only the runs that were loaded last can be saved.');
    const { exportFile, parityCase } = await loadExports();
    const result = await (what === 'parity'
      ? parityCase(trainer, version)
      : exportFile(trainer, what, version));
    send({ type: 'exported', request, result });
  } catch (error) {
    send({ type: 'not-exported', request, message: sentence(error) });
  }
}

/** Errors of the data are answers, with their place in the file; anything else too, so that no question stays open. */
async function answering(request: number, body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    const place = error instanceof DataError ? { row: error.row, column: error.column } : {};
    send({ type: 'data-failed', request, failure: { message: sentence(error), ...place } });
  }
}

function reportAll(error: unknown): void {
  for (const seat of seats) report(seat, error);
}

/** What the data could not give was answered to `prepare` already; the run behind it just does not begin. */
function report({ run, trainer }: Seat, error: unknown): void {
  if (error instanceof DataError) send({ type: 'run', run, event: { type: 'state', state: 'stopped' } });
  else if (gpu) {
    const failure = failureOf(error, gpu, trainer?.completedSteps ?? 0);
    send({ type: 'run', run, event: { type: 'failed', failure } });
  }
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
