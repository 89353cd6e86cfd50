import type { Gpu } from '../gpu/device.ts';
import type { Readback } from '../gpu/readback.ts';
import type { Tensor } from '../gpu/tensor.ts';
import type { Config } from './config.ts';
import type { LossRow } from './protocol.ts';
import { optimiserSchedule, phases } from './shape.ts';

const columns = 8;

/** Reads the rows that the step_report kernel left on the GPU, each once. */
export class LossLog {
  /** Steps whose rows have been read. */
  readUpTo = 0;
  /** The step at which the loss or its gradient stopped being finite, or the loss diverged. */
  alarm?: { step: number; kind: 'non-finite' | 'diverged' };
  readonly #log: Tensor;
  readonly #clip: Tensor;
  readonly #readback: Readback;
  readonly #config: Config;
  #schedule: Float32Array;
  readonly #joint: number;

  constructor(log: Tensor, clip: Tensor, readback: Readback, config: Config) {
    this.#log = log;
    this.#clip = clip;
    this.#readback = readback;
    this.#config = config;
    this.#schedule = optimiserSchedule(config);
    this.#joint = phases(config).joint;
  }

  /** Goes on from a step, with learning rates multiplied by `rateScale`. */
  reset(step = 0, rateScale = 1): void {
    this.readUpTo = step;
    this.alarm = undefined;
    this.#schedule = optimiserSchedule(this.#config, rateScale);
  }

  /** The rows of the steps done since the last read, up to the alarm. */
  async read(gpu: Gpu, stepsDone: number): Promise<LossRow[]> {
    const first = this.readUpTo;
    if (stepsDone === first) return [];
    const [clip, log] = await Promise.all([
      this.#readback.read(gpu, this.#clip),
      this.#readback.read(gpu, this.#log),
    ]);
    this.readUpTo = stepsDone;
    if (clip[2] !== 0) this.alarm = { step: clip[3] ?? 0, kind: clip[2] === 1 ? 'non-finite' : 'diverged' };
    const rows: LossRow[] = [];
    for (
      let step = first;
      step < stepsDone && (this.alarm === undefined || step <= this.alarm.step);
      step++
    ) {
      rows.push(this.#row(log.subarray((step % this.#log.dim(0)) * columns), step));
    }
    return rows;
  }

  #row(values: Float32Array, step: number): LossRow {
    const [total = 0, vi = 0, cs = 0, dm = 0, kl = 0, modelNorm = 0, denoiserNorm = 0] = values;
    const rate = (group: 0 | 1) => this.#schedule[4 * step + group] ?? 0;
    return step < this.#joint
      ? { step, total, vi, cs, dm, kl, gradNorm: modelNorm, lr: rate(0) }
      : {
          step,
          total,
          vi: Number.NaN,
          cs: Number.NaN,
          dm,
          kl: Number.NaN,
          gradNorm: denoiserNorm,
          lr: rate(1),
        };
  }
}
