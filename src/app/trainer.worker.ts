import { DataError } from '../engine/data/types.ts';
import { type Gpu, openGpu } from '../engine/gpu/device.ts';
import { failureOf } from '../engine/train/failure.ts';
import { Trainer } from '../engine/train/trainer.ts';
import { DataDesk, previewOf } from './dataDesk.ts';
import type { WorkerCommand, WorkerEvent } from './workerProtocol.ts';

type LoadCommand = Extract<WorkerCommand, { type: 'load' }>;

/** The part of a worker's global scope that is used here; the page's own types describe a window. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<WorkerCommand>) => void) | null;
  postMessage(message: WorkerEvent): void;
}

const scope = self as unknown as WorkerScope;
const send = (event: WorkerEvent) => scope.postMessage(event);

const desk = new DataDesk();
let gpu: Gpu | undefined;
let trainer: Trainer | undefined;
let loaded: LoadCommand | undefined;
let running = false;
/** Set by `pause` and cleared by `run`: a pause during loading must keep the run behind it from starting. */
let paused = false;
let queue: Promise<void> = Promise.resolve();

scope.onmessage = ({ data: command }) => {
  if (command.type === 'pause') {
    paused = true;
    if (running) void trainer?.pause();
    else send({ type: 'state', state: 'paused' });
    return;
  }
  if (command.type === 'run') paused = false;
  queue = queue.then(() => obey(command)).catch(report);
};

async function obey(command: Exclude<WorkerCommand, { type: 'pause' }>): Promise<void> {
  switch (command.type) {
    case 'probe':
      return probe();
    case 'open':
      return answering(command.request, async () => {
        const dataset = await desk.open(command.origin, command.config);
        send({ type: 'opened', request: command.request, dataset });
      });
    case 'prepare':
      return answering(command.request, async () => {
        const data = desk.prepare(command.config);
        const { features, train, validation, test, notes } = data;
        const counts = { train: train.count, validation: validation.count, test: test.count };
        const memory = Trainer.estimate(command.config, data);
        const summary = { features, counts, notes, preview: previewOf(data), memory };
        send({ type: 'prepared', request: command.request, summary });
      });
    case 'load':
      return load(command);
    case 'run':
      if (!paused && !running) void run();
      return;
    case 'step':
      return trainer?.step();
    case 'reset':
      return reset();
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

/** Trains beside the queue, so that other commands are heard meanwhile. */
async function run(): Promise<void> {
  running = true;
  try {
    await trainer?.run();
  } catch (error) {
    report(error);
  } finally {
    running = false;
  }
}

/** Back to step 0; after a lost device, on a new one. */
async function reset(): Promise<void> {
  if (gpu?.lost === undefined || !loaded) return trainer?.reset();
  await load(loaded);
  send({ type: 'state', state: 'stopped' });
}

async function load(command: LoadCommand): Promise<void> {
  loaded = command;
  await trainer?.pause();
  trainer?.destroy();
  trainer = undefined;
  if (!gpu || gpu.lost !== undefined) await probe();
  if (!gpu) return;
  trainer = await Trainer.create(gpu, command.config, desk.prepare(command.config), send);
}

/** Errors of the data are answers, with their place in the file; anything else too, so that no question stays open. */
async function answering(request: number, body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } catch (error) {
    const place = error instanceof DataError ? { row: error.row, column: error.column } : {};
    send({ type: 'data-failed', request, failure: { message: sentence(error), ...place } });
  }
}

/** What the data could not give was answered to `prepare` already; the run behind it just does not begin. */
function report(error: unknown): void {
  if (error instanceof DataError) send({ type: 'state', state: 'stopped' });
  else if (gpu) send({ type: 'failed', failure: failureOf(error, gpu, trainer?.completedSteps ?? 0) });
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
