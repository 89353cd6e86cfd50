import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { HistoryKeeper, writeHistory } from './history.ts';
import type { TrainerEvent } from './protocol.ts';
import { RecoveringTrainer, type RecoveryOptions } from './recovery.ts';
import { startingWeights } from './startingWeights.ts';

/** What a run that outlives its page is made of. */
export interface LastingOptions extends Pick<RecoveryOptions, 'openGpu' | 'config' | 'data'> {
  /** A checkpoint file to go on from; what it reports of the past comes first. */
  checkpoint?: Uint8Array;
  /** A model.safetensors to begin with in place of random weights. */
  weights?: Uint8Array;
  onEvent: (event: LastingEvent) => void;
}

/** What such a run reports: as a trainer does, but checkpoints as the bytes of a file, with all that was reported before. */
export type LastingEvent =
  | Exclude<TrainerEvent, { type: 'checkpoint' }>
  | { type: 'file'; step: number; bytes: Uint8Array<ArrayBuffer> };

/** A run whose checkpoints are files that hold its whole past, so that it goes on, and is seen again, wherever they are opened. */
export class LastingRun {
  readonly trainer: RecoveringTrainer;
  readonly #history: HistoryKeeper;

  private constructor(trainer: RecoveringTrainer, history: HistoryKeeper) {
    this.trainer = trainer;
    this.#history = history;
  }

  /** @throws GpuError; CheckpointError or SafetensorsError where the file does not fit, after the past has been reported */
  static async create(options: LastingOptions): Promise<LastingRun> {
    const { openGpu, config, data, checkpoint, weights, onEvent } = options;
    const history = new HistoryKeeper();
    const receive = (event: TrainerEvent) => {
      history.add(event);
      if (event.type !== 'checkpoint') onEvent(event);
      else {
        const { step } = event.checkpoint.counters;
        onEvent({ type: 'file', step, bytes: writeCheckpoint(event.checkpoint, writeHistory(history)) });
      }
    };
    const past = checkpoint && readCheckpoint(checkpoint);
    for (const event of past?.history ?? []) receive(event);
    const { features, train } = data;
    const trainer = await RecoveringTrainer.create({
      openGpu,
      config,
      data,
      onEvent: receive,
      ...(weights && { weights: startingWeights(weights, config, { seqLen: train.seqLen, features }) }),
      ...(past && { from: past.checkpoint }),
    });
    return new LastingRun(trainer, history);
  }

  /** The run as it is now, as a file. @throws Error as `RecoveringTrainer.checkpointNow` */
  async file(): Promise<Uint8Array> {
    return writeCheckpoint(await this.trainer.checkpointNow(), writeHistory(this.#history));
  }
}
