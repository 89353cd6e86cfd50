import { describedMethod } from '../../engine/methods/descriptions.ts';
import { spreadOfMeans } from '../../engine/metrics/index.ts';
import type { GenerationMode } from '../../engine/train/config.ts';
import type { SampleSet } from '../../engine/train/protocol.ts';
import { percent } from '../format.ts';
import { differingKeys, settingText } from '../runs/labels.ts';
import { at, type RunView } from '../runs/runView.ts';
import { type ConfigKey, describe } from '../settings/index.ts';
import { isBusy, type LabState, shownRuns } from '../store.ts';
import type { PreparedSummary } from '../workerProtocol.ts';

/** A run's dependence as the screen shows it. */
export interface Reading {
  run: RunView;
  label: string;
  step: number;
  /** The last position, from 1. */
  position: number;
  /** m_{t,0} there. */
  m0: number;
  /** Mean of m_{t,t-1} over the last third of the positions. */
  lateLocal: number;
}

/** The curves on the screen in numbers, for the runs that have one. */
export function readings({ playhead }: LabState, runs: readonly RunView[]): Reading[] {
  return runs.flatMap((run) => {
    const curve = at(run.curves, playhead);
    const last = curve?.points.at(-1);
    if (!curve || !last) return [];
    const late = curve.points.slice(Math.floor((2 * curve.points.length) / 3));
    const lateLocal = late.reduce((sum, { mLocal }) => sum + mLocal, 0) / late.length;
    const label = nameAmong(run, runs);
    return [{ run, label, step: curve.step, position: last.position, m0: last.m0, lateLocal }];
  });
}

/** The runs on the screen that were trained on the data in order, or on shuffled ones. */
export function shownOn(state: LabState, data: 'ordered' | 'shuffled'): RunView[] {
  return shownRuns(state).filter(({ config }) => config.data.shuffle === (data === 'shuffled'));
}

const symbols: Partial<Record<ConfigKey, string>> = {
  'method.inferenceEnd': 'N',
  'method.collapseStart': 'M',
  'method.gamma': 'γ',
  'method.eta': 'η',
  'method.lambdaCS': 'λ',
};

/** A run by its method; among runs of one method, by the settings in which they differ too, or else by its name. */
export function nameAmong(run: RunView, runs: readonly RunView[]): string {
  const { label } = describedMethod(run.config.method.name);
  const twins = runs.filter(({ config }) => config.method.name === run.config.method.name);
  if (twins.length < 2) return run.origin === 'recorded' ? `${label} (recorded)` : label;
  const keys = differingKeys(twins) as ConfigKey[];
  if (keys.length === 0 || keys.length > 2) return `${label} (${run.name})`;
  const settings = keys.map(
    (key) => `${symbols[key] ?? describe[key].label.toLowerCase()} = ${settingText(run, key)}`,
  );
  return `${label} (${settings.join(', ')})`;
}

/** What there is to train on, e.g. `2,800 windows of 32 positions to train on`. */
export function trainingText({ whole, counts }: PreparedSummary, window: number): string {
  const count = counts.train.toLocaleString('en');
  return `${count} ${whole ? 'whole series' : `windows of ${window} positions`} to train on`;
}

/** E.g. `From z, at position 32, after 1,000 steps: Latent diffusion 3 % and Posterior-stable 48 %.` */
export function fromZ(read: readonly Reading[]): string {
  const steps = (step: number) => step.toLocaleString('en');
  const [first] = read;
  if (!first) return '';
  const together = read.every(({ step }) => step === first.step);
  const alike = read.every(({ position }) => position === first.position);
  const shares = read.map(({ label, m0, step, position }) => {
    const where = alike ? '' : ` at position ${position}`;
    return `${label} ${percent(m0)}${where}${together ? '' : ` after ${steps(step)} steps`}`;
  });
  const where = alike ? `at position ${first.position}` : 'at the last position';
  const when = together ? `, after ${steps(first.step)} steps` : '';
  return `From z, ${where}${when}: ${listed(shares)}.`;
}

/** E.g. `a, b and c`. */
export function listed(items: readonly string[]): string {
  const rest = items.slice(0, -1).join(', ');
  return rest ? `${rest} and ${items.at(-1)}` : (items[0] ?? '');
}

/**
 * Spread of the means of whole series on the screen, generated over real: 1 is right, 0 means that all series are the same.
 * In the data's own units, so that of several features the one with the largest numbers rules.
 */
export function spreadRatio(samples: SampleSet, mode: GenerationMode): number {
  const { real, generated, count, seqLen, featureSize } = samples;
  const batch = (values: Float32Array) => ({
    count,
    seqLen,
    featureSize,
    values: values.map((value) => (Number.isNaN(value) ? 0 : value)),
    mask: values.map((value) => (Number.isNaN(value) ? 0 : 1)),
  });
  const context = { reference: batch(real), directions: () => new Float64Array() };
  return spreadOfMeans.score(batch(generated[mode]), batch(real), context);
}

/** Why nothing can be trained now; undefined where it can. */
export function trainingBlocked(state: LabState): string | undefined {
  const { gpu, data, crash } = state;
  if (crash) return 'The training worker has stopped: reload the page.';
  if (gpu.status === 'probing') return 'The GPU is still being looked for.';
  if (gpu.status === 'missing') {
    return 'There is no WebGPU here: look at the recorded runs instead, or open the page in a current Chrome, Edge, Firefox or Safari.';
  }
  if (!data.dataset || data.opening || data.next) return 'The data are still being read.';
  if (data.prepareFailure) return 'The data need a correction first: the Data panel says which.';
  return isBusy(state) ? 'A training is under way: let it finish, or press Pause.' : undefined;
}
