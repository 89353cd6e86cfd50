import type { Gpu } from '../gpu/device.ts';
import { absoluteErrorBackward, absoluteErrorForward } from '../kernels/scoring.ts';
import { linear, linearParameters, linearWeights } from '../layers/linear.ts';
import { lstm, lstmParameters, lstmWeights } from '../layers/lstm.ts';
import { BySize } from './bySize.ts';
import { Learner, type Task } from './learner.ts';
import { selectSeries } from './selectSeries.ts';
import { mean } from './statistics.ts';
import type { Between, SeriesBatch } from './types.ts';

const hiddenSize = 16;
const training = { epochs: 60, batchSize: 32, learningRate: 2e-2 };
/** Trainings of one seed: those of the folds of the discriminator come before. */
const run = 16;

/** LSTM, then x_{t+1} from the state at t, linearly. */
function predictor(featureSize: number): Task {
  return {
    name: 'predictor',
    parameters: [
      ...lstmParameters('lstm', featureSize, hiddenSize, { forgetBias: 1 }),
      ...linearParameters('head', 'model', hiddenSize, featureSize),
    ],
    record(builder, arena, { x, mask }) {
      const hidden = lstm(builder, 'lstm', { tokens: x }, lstmWeights(arena, 'lstm'));
      const prediction = linear(builder, 'prediction', hidden, linearWeights(arena, 'head'));
      const loss = builder.tensor('absolute error', [x.dim(1)]);
      absoluteErrorForward(builder, { prediction, x, mask, loss });
      builder.onBackward(() => {
        const target = builder.gradientTarget(prediction);
        if (target) absoluteErrorBackward(builder, { prediction, x, mask, dPrediction: target.tensor });
      });
      return { loss, output: loss.reshape(x.dim(1), 1) };
    },
  };
}

/**
 * Trained on synthetic series, tested on real ones (Yoon et al. 2019, TimeGAN): the mean absolute error of predicting all
 * features one step ahead, in standard deviations of the data, averaged over the series that have something to predict.
 */
export class Predictor {
  readonly #gpu: Gpu;
  readonly #learners = new BySize<Learner>((learner) => learner.destroy());

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
  }

  /** @returns NaN where there is nothing to predict, or after a divergence */
  async error(generated: SeriesBatch, real: SeriesBatch, seed: number, between?: Between): Promise<number> {
    const { count, seqLen, featureSize } = generated;
    const predicted = predictable(real);
    if (count < 1 || predicted.count < 1) return Number.NaN;
    const learner = await this.#learners.get([seqLen, featureSize, count], () =>
      Learner.create(this.#gpu, predictor(featureSize), { seqLen, featureSize, count, ...training }),
    );
    if (!(await learner.train(unlabelled(generated), seed, run, between))) return Number.NaN;
    return mean(await learner.read(unlabelled(predicted), between));
  }

  destroy(): Promise<void> {
    return this.#learners.destroy();
  }
}

/** The series of which something is observed after the first position; the batch itself where that is every one. */
function predictable(batch: SeriesBatch): SeriesBatch {
  const { count, seqLen, featureSize, mask } = batch;
  const size = seqLen * featureSize;
  const rows = Array.from({ length: count }, (_, n) => n).filter((n) =>
    mask.subarray(n * size + featureSize, (n + 1) * size).includes(1),
  );
  return rows.length === count ? batch : selectSeries(batch, rows);
}

function unlabelled({ count, values, mask }: SeriesBatch) {
  return { values: Float32Array.from(values), mask, labels: new Float32Array(count) };
}
