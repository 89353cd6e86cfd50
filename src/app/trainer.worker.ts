import { version } from '../../package.json';
import { DataError } from '../engine/data/types.ts';
import { type Gpu, openGpu, reopening } from '../engine/gpu/device.ts';
import { readCheckpoint } from '../engine/train/checkpoint.ts';
import { compileAhead } from '../engine/train/compileAhead.ts';
import type { Config } from '../engine/train/config.ts';
import { failureOf } from '../engine/train/failure.ts';
import { LastingRun } from '../engine/train/lastingRun.ts';
import type { PilotStop } from '../engine/train/pilots.ts';
import type { PilotEvent, TrainerEvent } from '../engine/train/protocol.ts';
import { Trainer } from '../engine/train/trainer.ts';
import { DataCommands } from './dataCommands.ts';
import { loadParser } from './dataDesk.ts';
import type { DataFiles } from './keep/keeper.ts';
import { Keeping } from './keep/keeping.ts';
import type { LoadedRun, WorkerCommand, WorkerEvent } from './workerProtocol.ts';

type Command<T extends WorkerCommand['type']> = Extract<WorkerCommand, { type: T }>;

/** The part of a worker's global scope that is used here; the page's own types describe a window. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<WorkerCommand>) => void) | null;
  postMessage(message: WorkerEvent): void;
}

/** A run that was loaded, and what trains it; without that where it could not be begun, for want of memory perhaps. */
interface Seat {
  id: string;
  config: Config;
  /** The user's own files that it trains on. */
  data: DataFiles;
  lasting?: LastingRun;
  training?: Promise<void>;
}

const scope = self as unknown as WorkerScope;
const send = (event: WorkerEvent) => scope.postMessage(event);

const loadExports = () => import('../engine/train/exportAnswers.ts');
const loadAnswers = () => import('../engine/train/answers.ts');
/** Milliseconds after which the rest of the code is fetched: a file then opens, and a probe answers, without the network too. */
const restAfter = 5000;
setTimeout(() => void Promise.allSettled([loadParser(), loadAnswers()]), restAfter);

const keeping = new Keeping(send, (file) => readCheckpoint(file).history);
const data = new DataCommands({
  send,
  estimate: (config, prepared) => Trainer.estimate(config, prepared),
  keptFile: (name) => keeping.file(name),
});
let gpu: Gpu | undefined;
/** One device for all runs: where it is lost, they go on together on the next. */
const device = reopening(async () => {
  gpu = await openGpu(navigator.gpu);
  send({ type: 'adapter', name: gpu.adapterName, fallback: gpu.fallback });
  return gpu;
});
let seats: Seat[] = [];
/** Set by `pause` and cleared by `run`: a pause during loading must keep the run behind it from starting. */
let paused = false;
/** Steps a second at the most. */
let limit: number | undefined;
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
    for (const { lasting } of seats) lasting?.trainer.limitSpeed(limit);
    return;
  }
  if (command.type === 'cancel') {
    data.cancel();
    return;
  }
  if (command.type === 'keep' || command.type === 'label' || command.type === 'forget') {
    void keeping.obey(command);
    return;
  }
  if (command.type === 'compile') {
    void compile(command);
    return;
  }
  if (command.type === 'open') data.announce(command);
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

async function obey(
  command: Exclude<
    WorkerCommand,
    {
      type:
        | 'pause'
        | 'ask'
        | 'export'
        | 'compile'
        | 'speed'
        | 'cancel'
        | 'pilot'
        | 'stop-pilot'
        | 'keep'
        | 'label'
        | 'forget';
    }
  >,
): Promise<void> {
  switch (command.type) {
    case 'probe':
      // Beside the queue: the data are read while the GPU is looked for, and nothing is loaded before both are there.
      void probe();
      return;
    case 'open':
    case 'guess':
    case 'prepare':
      return data.obey(command);
    case 'load':
      return load(command);
    case 'run':
      if (!paused) for (const seat of seats) run(seat);
      return;
    case 'step':
      // One after the other: a pair of single steps is no race.
      for (const { lasting } of seats) await lasting?.trainer.step();
      return;
    case 'reset':
      for (const { lasting } of seats) await lasting?.trainer.reset();
      return;
  }
}

async function probe(): Promise<void> {
  if (!navigator.gpu) {
    send({ type: 'no-webgpu', reason: 'no-api', message: 'This browser offers no WebGPU here.' });
    return;
  }
  try {
    await device();
  } catch (error) {
    send({ type: 'no-webgpu', reason: 'no-adapter', message: sentence(error) });
  }
}

/** Beside everything else. What cannot be compiled, or not be planned for want of data, is told by the run that needs it. */
async function compile({ configs }: Command<'compile'>): Promise<void> {
  try {
    const on = await device();
    await Promise.all(configs.map((config) => compileAhead(on, config, data.prepare(config))));
    send({ type: 'compiled', pipelines: on.pipelines.size });
  } catch {
    // See above.
  }
}

/** Trains beside the queue, so that other commands are heard meanwhile; several runs take turns at the GPU. */
function run(seat: Seat): void {
  seat.training ??= (seat.lasting?.trainer.run() ?? Promise.resolve())
    .catch((error) => report(seat, error))
    .finally(() => {
      seat.training = undefined;
    });
}

function pause(seat: Seat): void {
  if (seat.training) void seat.lasting?.trainer.pause();
  else send({ type: 'run', run: seat.id, event: { type: 'state', state: 'paused' } });
}

async function load({ runs }: Command<'load'>): Promise<void> {
  for (const { lasting } of seats) {
    await lasting?.trainer.pause();
    lasting?.trainer.destroy();
  }
  keeping.end(seats.map(({ id }) => id));
  const { files } = data;
  seats = runs.map(({ run, config }) => ({ id: run, config, data: files }));
  if (!gpu) await probe();
  if (!gpu) return;
  for (const [index, run] of runs.entries()) {
    const seat = seats[index] as Seat;
    try {
      seat.lasting = await begin(run, seats);
      seat.lasting.trainer.limitSpeed(limit);
    } catch (error) {
      report(seat, error);
    }
  }
}

/** @param group the runs that are loaded together, this one among them */
async function begin(
  { run, config, checkpoint, weights }: LoadedRun,
  group: readonly Seat[],
): Promise<LastingRun> {
  return LastingRun.create({
    openGpu: device,
    config,
    data: data.prepare(config),
    checkpoint: checkpoint === 'kept' ? await keeping.checkpoint(run) : checkpoint,
    weights,
    onEvent: (event) => {
      if (event.type === 'file') {
        keeping.put(
          group.map(({ id, config, data }) => ({ id, config, data })),
          run,
          event.step,
          event.bytes,
        );
      } else tell(run, event);
    },
  });
}

/** Tells the page, and lets go of what it is not worth keeping on account of it. */
function tell(run: string, event: TrainerEvent): void {
  if (event.type === 'state' && event.state === 'stopped') keeping.forget([run]);
  // A lost device may be another one on the next visit; a run that failed otherwise would fail again.
  if (event.type === 'failed' && event.failure.cause !== 'device-lost') keeping.end([run]);
  send({ type: 'run', run, event });
}

/** Beside the queue, as questions are: the models of pilot runs are their own. */
async function pilot({ purpose, configs }: Command<'pilot'>, stop: PilotStop): Promise<void> {
  const emit = (event: PilotEvent) => send({ type: 'pilot', purpose, event });
  try {
    const [first] = configs;
    if (!navigator.gpu || !first) throw new Error('There is no GPU to train on.');
    const { runPilots } = await import('../engine/train/pilots.ts');
    await runPilots(await device(), configs, data.prepare(first), emit, stop);
  } catch (error) {
    emit({ type: 'failed', message: sentence(error) });
  }
}

async function ask({ run, question }: Command<'ask'>): Promise<void> {
  try {
    const { trainer } = lastingRun(run);
    const { answerQuestion } = await loadAnswers();
    send({ type: 'answer', run, question, answer: await answerQuestion(trainer, question) });
  } catch (error) {
    send({ type: 'no-answer', run, question, message: sentence(error) });
  }
}

async function exportRun({ run, request, what }: Command<'export'>): Promise<void> {
  try {
    send({ type: 'exported', request, result: await exported(lastingRun(run), what) });
  } catch (error) {
    send({ type: 'not-exported', request, message: sentence(error) });
  }
}

async function exported(lasting: LastingRun, what: Command<'export'>['what']) {
  if (what === 'checkpoint') return lasting.file();
  const { exportFile, parityCase } = await loadExports();
  return what === 'parity'
    ? parityCase(lasting.trainer, version)
    : exportFile(lasting.trainer, what, version);
}

function lastingRun(run: string): LastingRun {
  const lasting = seats.find(({ id }) => id === run)?.lasting;
  if (lasting) return lasting;
  throw new Error('Its weights are gone: only the runs that were loaded last can be asked or saved.');
}

function reportAll(error: unknown): void {
  for (const seat of seats) report(seat, error);
}

/** What the data could not give was answered to `prepare` already; the run behind it just does not begin. */
function report({ id, lasting }: Seat, error: unknown): void {
  if (error instanceof DataError) tell(id, { type: 'state', state: 'stopped' });
  else if (gpu) {
    const failure = failureOf(error, gpu, lasting?.trainer.completedSteps ?? 0);
    tell(id, { type: 'failed', failure });
  }
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
