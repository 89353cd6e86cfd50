import { SafetensorsError } from '../export/safetensors.ts';
import type { Gpu } from '../gpu/device.ts';
import { GpuError } from '../gpu/errors.ts';
import { messageOf } from '../messageOf.ts';
import { CheckpointError } from './checkpoint.ts';
import type { Config } from './config.ts';
import type { Failure } from './protocol.ts';
import { divergencePerValue } from './stepPlans.ts';

/** The loss or a gradient is no longer a finite number, or is on its way there. */
export class NonFiniteError extends Error {
  readonly advice: string;

  constructor(
    readonly alarm: { step: number; kind: 'non-finite' | 'diverged' },
    config: Config,
  ) {
    super(
      alarm.kind === 'non-finite'
        ? `The loss or its gradient stopped being a finite number at step ${alarm.step}.`
        : `The loss diverged: at step ${alarm.step} it, or one of its terms, passed ${divergencePerValue.toLocaleString('en')} nats a value of the series.`,
    );
    this.name = 'NonFiniteError';
    const literal = config.method.name === 'posterior-stable' && config.method.penalty === 'literal';
    this.advice = literal
      ? "The 'literal' penalty has no lower bound for a Gaussian and is known to diverge: use 'hinge'."
      : `Lower the learning rate (now ${config.train.learningRate}) or the clip (now ${config.train.clip}), and look for outliers in the data.`;
  }
}

/** Turns whatever went wrong into the one event the user sees. */
export function failureOf(error: unknown, gpu: Gpu, step: number): Failure {
  const saved = `Everything up to step ${step} is kept: the losses, the curves and the last good weights.`;
  if (error instanceof NonFiniteError) {
    const kept = `The weights of step ${error.alarm.step} are kept, from before the bad update, and everything measured so far.`;
    return { cause: 'non-finite', message: error.message, saved: kept, advice: error.advice };
  }
  if (error instanceof CheckpointError || error instanceof SafetensorsError) {
    return {
      cause: 'unreadable',
      message: error.message,
      saved: 'The file stays as it is, and so does everything measured before.',
      advice: 'Press Reset, and Run to begin anew; or open the file and the data that belong together.',
    };
  }
  if (gpu.lost !== undefined || (error instanceof GpuError && error.kind === 'device-lost')) {
    return {
      cause: 'device-lost',
      message: `The GPU device was lost: ${gpu.lost ?? 'no reason was given'}.`,
      saved: `The losses and curves up to step ${step} are kept; the weights were on the device and are gone.`,
      advice:
        'Press Reset to start again on a new device; a smaller batch or model makes each submit shorter.',
    };
  }
  const message = messageOf(error);
  if (error instanceof GpuError) {
    const cause = error.kind === 'out-of-memory' || error.kind === 'limit' ? 'out-of-memory' : 'validation';
    return { cause, message, saved, advice: 'Make the batch, the window or the hidden size smaller.' };
  }
  return { cause: 'internal', message, saved, advice: 'Press Reset; if it happens again, please report it.' };
}
