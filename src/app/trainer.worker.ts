import { version } from '../../package.json';
import { type Gpu, reopening } from '../engine/gpu/device.ts';
import { openCheckedGpu } from '../engine/kernels/subgroups.ts';
import { messageOf } from '../engine/messageOf.ts';
import { readCheckpoint } from '../engine/train/checkpoint.ts';
import { failureOf } from '../engine/train/failure.ts';
import type { LastingRun } from '../engine/train/lastingRun.ts';
import type { PilotStop } from '../engine/train/pilots.ts';
import type { PilotEvent } from '../engine/train/protocol.ts';
import { DataCommands } from './dataCommands.ts';
import { loadParser } from './dataDesk.ts';
import { Keeping } from './keep/keeping.ts';
import { Seats } from './seats.ts';
import type { Command, WorkerCommand, WorkerEvent } from './workerProtocol.ts';

/** The part of a worker's global scope that is used here; the page's own types describe a window. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<WorkerCommand>) => void) | null;
  postMessage(message: WorkerEvent): void;
}

const scope = self as unknown as WorkerScope;
const send = (event: WorkerEvent) => scope.postMessage(event);

// Training is wanted with the first windows: the page draws its first picture without.
const loadTrainer = () => import('../engine/train/trainer.ts');
const loadRun = () => import('../engine/train/lastingRun.ts');
const loadExports = () => import('../engine/train/exportAnswers.ts');
const loadAnswers = () => import('../engine/train/answers.ts');
/** Milliseconds after which the rest of the code is fetched: a file then opens, and a probe answers, without the network too. */
const restAfter = 5000;
setTimeout(() => void Promise.allSettled([loadRun(), loadParser(), loadAnswers()]), restAfter);

const keeping = new Keeping(send, (file) => readCheckpoint(file).history);
const data = new DataCommands({
  send,
  needs: async (config, prepared) => (await loadTrainer()).Trainer.needs(config, prepared),
  keptFile: (name) => keeping.file(name),
});
let gpu: Gpu | undefined;
/** One device for all runs: where it is lost, they go on together on the next. */
const device = reopening(async () => {
  gpu = await openCheckedGpu(navigator.gpu, { powerPreference: 'high-performance' });
  send({ type: 'adapter', name: gpu.adapterName, fallback: gpu.fallback });
  return gpu;
});
const seats = new Seats({
  send,
  keeping,
  files: () => data.files,
  findGpu: async () => {
    if (!gpu) await probe();
    return gpu !== undefined;
  },
  begin: async ({ run, config, checkpoint, weights }, onEvent) =>
    (await loadRun()).LastingRun.create({
      openGpu: device,
      config,
      data: data.prepare(config),
      checkpoint: checkpoint === 'kept' ? await keeping.checkpoint(run) : checkpoint,
      weights,
      onEvent,
    }),
  failureOf: (error, completedSteps) => gpu && failureOf(error, gpu, completedSteps),
});
let queue: Promise<void> = Promise.resolve();
/** Settled once a GPU is found, or none is. */
let probing: Promise<void> = Promise.resolve();
/** Milliseconds that the first windows may be late for a GPU that is still looked for. */
const gpuFirst = 300;
/** The GPU on which a step was tried. */
let triedOn: Gpu | undefined;
let piloting: Promise<void> = Promise.resolve();
let pilotStop: PilotStop = { asked: false };

type CommandType = WorkerCommand['type'];
type Handler<T extends CommandType> = (command: Command<T>) => void | Promise<void>;
type Handlers<T extends CommandType = CommandType> = { [K in T]: Handler<K> };

/** Commands that are obeyed as they arrive, whatever is under way. */
const atOnce = {
  pause: () => seats.pause(),
  speed: ({ limit }) => seats.limitSpeed(limit),
  cancel: () => data.cancel(),
  keep: (command) => keeping.obey(command),
  label: (command) => keeping.obey(command),
  forget: (command) => keeping.obey(command),
  compile,
  ask,
  export: exportRun,
  pilot,
  'stop-pilot': stopPilot,
} satisfies Partial<Handlers>;

/** All others: each is obeyed when those before it are done. */
const inTurn: Handlers<Exclude<CommandType, keyof typeof atOnce>> = {
  // Beside the queue: the data are read while the GPU is looked for, and nothing is loaded before both are there.
  probe: () => {
    probing = probe();
  },
  open: (command) => data.obey(command),
  guess: (command) => data.obey(command),
  // Cutting windows holds this thread up, and with it the answer that Run waits for.
  prepare: async (command) => {
    await Promise.race([probing, new Promise((resolve) => setTimeout(resolve, gpuFirst))]);
    await data.obey(command);
  },
  load: (command) => seats.load(command),
  run: () => seats.run(),
  step: () => seats.step(),
  reset: () => seats.reset(),
};

/** What is done as soon as such a command arrives: what was asked for before it must not get in its way. */
const onArrival: Partial<Handlers<keyof typeof inTurn>> = {
  open: (command) => data.announce(command),
  prepare: (command) => data.announcePreparing(command),
  run: () => seats.willRun(),
};

scope.onmessage = ({ data: command }) => {
  const now = handling(atOnce, command);
  if (now) {
    void now();
    return;
  }
  void handling(onArrival, command)?.();
  queue = queue.then(handling(inTurn, command)).catch((error) => seats.reportAll(error));
};

/** What a table has for a command, which is what takes commands of that type. */
function handling(
  table: Partial<Handlers>,
  command: WorkerCommand,
): (() => void | Promise<void>) | undefined {
  const handler = table[command.type] as Handler<CommandType> | undefined;
  return handler && (() => handler(command));
}

async function probe(): Promise<void> {
  if (!navigator.gpu) {
    send({ type: 'no-webgpu', reason: 'no-api', message: 'This browser offers no WebGPU here.' });
    return;
  }
  try {
    await device();
  } catch (error) {
    send({ type: 'no-webgpu', reason: 'no-adapter', message: messageOf(error) });
  }
}

/**
 * Beside everything else; before the first run a step is tried too. What cannot be compiled, or not be planned for want of data or of
 * memory, is told by the run that needs it.
 */
async function compile({ configs }: Command<'compile'>): Promise<void> {
  try {
    const [on, { compileAhead }] = await Promise.all([device(), import('../engine/train/compileAhead.ts')]);
    await Promise.all(configs.map((config) => compileAhead(on, config, data.prepare(config))));
    send({ type: 'compiled', pipelines: on.pipelines.size });
    const config = configs.at(-1);
    if (config && seats.empty && triedOn !== on) {
      triedOn = on;
      const { tryStep } = await import('../engine/train/stepTrial.ts');
      const trial = await tryStep(on, config, data.prepare(config));
      // A run that has begun meanwhile shared the GPU with it, and measures by itself.
      if (seats.empty) send({ type: 'tried', trial });
    }
  } catch {
    // See above.
  }
}

/** Ends the pilot runs there are; those that are asked for next begin when they have. */
function stopPilot(): void {
  pilotStop.asked = true;
  void pilotStop.trainer?.pause();
}

/** Beside the queue, as questions are: the models of pilot runs are their own. */
function pilot(command: Command<'pilot'>): void {
  stopPilot();
  const stop: PilotStop = { asked: false };
  pilotStop = stop;
  piloting = piloting.then(() => runPilot(command, stop));
}

async function runPilot({ purpose, configs }: Command<'pilot'>, stop: PilotStop): Promise<void> {
  const emit = (event: PilotEvent) => send({ type: 'pilot', purpose, event });
  try {
    const [first] = configs;
    if (!navigator.gpu || !first) throw new Error('There is no GPU to train on.');
    const { runPilots } = await import('../engine/train/pilots.ts');
    await runPilots(await device(), configs, data.prepare(first), emit, stop);
  } catch (error) {
    emit({ type: 'failed', message: messageOf(error) });
  }
}

async function ask({ run, question }: Command<'ask'>): Promise<void> {
  try {
    const { trainer } = seats.lastingRun(run);
    const { answerQuestion } = await loadAnswers();
    send({ type: 'answer', run, question, answer: await answerQuestion(trainer, question) });
  } catch (error) {
    send({ type: 'no-answer', run, question, message: messageOf(error) });
  }
}

async function exportRun({ run, request, what }: Command<'export'>): Promise<void> {
  try {
    send({ type: 'exported', request, result: await exported(seats.lastingRun(run), what) });
  } catch (error) {
    send({ type: 'not-exported', request, message: messageOf(error) });
  }
}

async function exported(lasting: LastingRun, what: Command<'export'>['what']) {
  if (what === 'checkpoint') return lasting.file();
  const { exportFile, parityCase } = await loadExports();
  return what === 'parity'
    ? parityCase(lasting.trainer, version)
    : exportFile(lasting.trainer, what, version);
}
