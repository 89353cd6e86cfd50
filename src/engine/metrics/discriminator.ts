import { RandomStream } from '../data/random.ts';
import type { Gpu } from '../gpu/device.ts';
import { crossEntropyBackward, crossEntropyForward } from '../kernels/scoring.ts';
import { linear, linearParameters, linearWeights } from '../layers/linear.ts';
import { lstm, lstmParameters, lstmWeights } from '../layers/lstm.ts';
import { pool } from '../layers/pool.ts';
import { BySize } from './bySize.ts';
import { type Labelled, Learner, type Task } from './learner.ts';
import { rankArea } from './rankArea.ts';
import { selectSeries } from './selectSeries.ts';
import { mean } from './statistics.ts';
import type { Between, Discrimination, SeriesBatch } from './types.ts';

const hiddenSize = 16;
/** Parts that the series are cut into; each is judged by a classifier that was trained on the others. */
const folds = 3;
const training = { epochs: 40, batchSize: 32, learningRate: 2e-2 };
const orderStream = 5;

/** LSTM, [last state ; mean of the states], one logit: positive for real. @param inputSize values and differences */
function classifier(inputSize: number): Task {
  return {
    name: 'classifier',
    parameters: [
      ...lstmParameters('lstm', inputSize, hiddenSize, { forgetBias: 1 }),
      ...linearParameters('head', 'model', 2 * hiddenSize, 1),
    ],
    record(builder, arena, { x, mask, label }) {
      const hidden = lstm(builder, 'lstm', { tokens: x }, lstmWeights(arena, 'lstm'));
      const pooled = pool(builder, hidden, mask, 'last and mean');
      const logit = linear(builder, 'logit', pooled, linearWeights(arena, 'head'));
      const loss = builder.tensor('cross-entropy', [logit.size]);
      crossEntropyForward(builder, { logit, label, loss });
      builder.onBackward(() => {
        const dLogit = builder.gradientTarget(logit);
        if (dLogit) crossEntropyBackward(builder, { logit, label, dLogit: dLogit.tensor });
      });
      return { loss, output: logit };
    },
  };
}

/**
 * How well a classifier tells generated series from real ones (Yoon et al. 2019, TimeGAN), by cross-validation: 3 folds, a
 * new classifier for each, judged on series that it has not seen. Rows n of both sides miss the same values and stay in
 * one fold, so that a pattern of missing values gives nothing away. The classifier sees every value and its difference from
 * the one before: an LSTM of few steps and series learns to take differences far too slowly to notice a wrong roughness.
 */
export class Discriminator {
  readonly #gpu: Gpu;
  readonly #learners = new BySize<Learner>((learner) => learner.destroy());

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
  }

  /** @returns accuracy and area under the ROC curve, means over folds; NaN below 2 series a side, or after a divergence */
  async discriminate(
    generated: SeriesBatch,
    real: SeriesBatch,
    seed: number,
    between?: Between,
  ): Promise<Discrimination> {
    const count = Math.min(generated.count, real.count);
    const parts = Math.min(folds, count);
    if (parts < 2) return { accuracy: Number.NaN, area: Number.NaN };
    const order = new RandomStream(seed, orderStream).permutation(count);
    const trained = count - Math.ceil(count / parts); // in every fold, also where one series more is left
    const learner = await this.#learner(real, 2 * trained);
    const results: Discrimination[] = [];
    for (let fold = 0; fold < parts; fold++) {
      const held = order.filter((_, i) => i % parts === fold);
      const others = order.filter((_, i) => i % parts !== fold).slice(0, trained);
      const finite = await learner.train(labelled(generated, real, others), seed, fold, between);
      if (!finite) return { accuracy: Number.NaN, area: Number.NaN };
      const logits = await learner.read(labelled(generated, real, held), between);
      results.push(judge(logits.subarray(0, held.length), logits.subarray(held.length)));
    }
    return {
      accuracy: mean(results.map(({ accuracy }) => accuracy)),
      area: mean(results.map(({ area }) => area)),
    };
  }

  destroy(): Promise<void> {
    return this.#learners.destroy();
  }

  #learner({ seqLen, featureSize }: SeriesBatch, count: number): Promise<Learner> {
    const inputSize = 2 * featureSize; // values and differences
    return this.#learners.get([seqLen, inputSize, count], () =>
      Learner.create(this.#gpu, classifier(inputSize), {
        seqLen,
        featureSize: inputSize,
        count,
        ...training,
      }),
    );
  }
}

/** Generated series, label 0, then real ones, label 1: values and differences, [.., T, 2D]. */
function labelled(generated: SeriesBatch, real: SeriesBatch, rows: readonly number[]): Labelled {
  const [first, second] = [generated, real].map((batch) => withDifferences(selectSeries(batch, rows))) as [
    Pick<Labelled, 'values' | 'mask'>,
    Pick<Labelled, 'values' | 'mask'>,
  ];
  const join = (name: 'values' | 'mask') => {
    const joined = new Float32Array(2 * first[name].length);
    joined.set(first[name]);
    joined.set(second[name], first[name].length);
    return joined;
  };
  return {
    values: join('values'),
    mask: join('mask'),
    labels: Float32Array.from({ length: 2 * rows.length }, (_, i) => (i < rows.length ? 0 : 1)),
  };
}

/** Beside every value its difference from the one before it; missing, and 0, where one of them is. */
function withDifferences({ count, seqLen, featureSize, values, mask }: SeriesBatch) {
  const result = { values: new Float32Array(2 * values.length), mask: new Float32Array(2 * values.length) };
  for (let place = 0; place < count * seqLen; place++) {
    for (let d = 0; d < featureSize; d++) {
      const from = place * featureSize + d;
      const to = 2 * place * featureSize + d;
      result.values[to] = values[from] as number;
      result.mask[to] = mask[from] as number;
      if (place % seqLen === 0 || !mask[from] || !mask[from - featureSize]) continue;
      result.values[to + featureSize] = (values[from] as number) - (values[from - featureSize] as number);
      result.mask[to + featureSize] = 1;
    }
  }
  return result;
}

function judge(generated: Float32Array, real: Float32Array): Discrimination {
  const right = generated.filter((logit) => logit <= 0).length + real.filter((logit) => logit > 0).length;
  return { accuracy: right / (generated.length + real.length), area: rankArea(real, generated) };
}
