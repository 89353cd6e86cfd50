import { describe, expect, test } from 'vitest';
import { createSchedule } from '../../src/engine/diffusion/schedule.ts';
import { type GoldenArray, loadGolden } from '../golden/load.ts';
import { Adam, rateAt } from '../reference/adam.ts';
import { expectClose } from '../reference/expectClose.ts';
import { linear, lstm } from '../reference/layers.ts';
import { latentDiffusionStep, mutualInformationStep, posteriorStableStep } from '../reference/model.ts';
import { Scalars } from '../reference/scalar.ts';

// Both sides are float64; the files hold nine digits.
const tolerance = { absolute: 1e-8, relative: 1e-7 };

/** Values that were rounded to float32 before they were printed: exact again. */
const exact = ({ data }: GoldenArray): number[] => data.map(Math.fround);

test('the LSTM reference equals nn.LSTM, with all gradients', () => {
  const golden = loadGolden<
    Record<'x' | 'seed' | 'hidden' | 'dX', GoldenArray> & {
      parameters: Record<string, { value: GoldenArray; gradient: GoldenArray }>;
    }
  >('lstm');
  const [seqLen, rows] = golden.x.shape as [number, number];
  const parameters = new Map(
    Object.entries(golden.parameters).map(([name, { value }]) => [
      name,
      Scalars.of(value.shape, exact(value)),
    ]),
  );
  const part = (name: string) => parameters.get(`${name}_l0`) as Scalars;
  const x = Scalars.of(golden.x.shape, exact(golden.x));
  const pre = linear(x, part('weight_ih'), part('bias_ih'));
  const width = pre.shape[2] as number;
  const at = (t: number, row: number) =>
    pre.items.slice((t * rows + row) * width, (t * rows + row + 1) * width);
  const hidden = lstm(at, seqLen, rows, part('weight_hh'), part('bias_hh'));
  hidden.backward(exact(golden.seed));
  expectClose(hidden.values, golden.hidden.data, { ...tolerance, label: 'hidden' });
  expectClose(x.gradients, golden.dX.data, { ...tolerance, label: 'dX' });
  for (const [name, { gradient }] of Object.entries(golden.parameters)) {
    expectClose((parameters.get(name) as Scalars).gradients, gradient.data, { ...tolerance, label: name });
  }
});

interface TrainingGolden {
  sizes: { seqLen: number; batchSize: number; heads?: number };
  train: { steps: number; learningRate: number; minLearningRate: number; warmup: number; clip: number };
  method: { mutualInformation?: number; inverseLipschitz?: number };
  x: GoldenArray;
  mask: GoldenArray;
  initial: Record<string, GoldenArray>;
  first: { logLikelihood: GoldenArray; gradients: Record<string, GoldenArray> };
  steps: { draw: Record<string, GoldenArray>; losses: Record<string, number> }[];
}

const objective = {
  alphaBar: createSchedule({ numTimesteps: 1000, schedule: 'linear', betaStart: 1e-4, betaEnd: 0.02 })
    .alphaBar,
  gamma: 2,
  eta: 1,
  lambda: 0.1,
};

describe.each([
  ['posterior-stable', posteriorStableStep],
  ['latent-diffusion', latentDiffusionStep],
  ['skip-connections', latentDiffusionStep],
  ['mutual-information', mutualInformationStep],
  ['inverse-lipschitz', latentDiffusionStep],
  ['lstm-stack-posterior-stable', posteriorStableStep],
  ['transformer-posterior-stable', posteriorStableStep],
  ['transformer-latent-diffusion', latentDiffusionStep],
  ['transformer-skip-connections', latentDiffusionStep],
] as const)('the %s reference against PyTorch', (name, step) => {
  test('log-likelihood, all gradients, and the losses of ten steps', () => {
    const golden = loadGolden<TrainingGolden>(name);
    const batch = { ...golden.sizes, x: exact(golden.x), mask: exact(golden.mask) };
    const values = new Map(
      Object.entries(golden.initial).map(([key, array]) => [key, Float64Array.from(exact(array))]),
    );
    const groups = [false, true].map((ofDenoiser) => ({
      values: new Map([...values].filter(([key]) => key.startsWith('denoiser') === ofDenoiser)),
      adam: new Adam(),
    }));
    for (const [index, { draw, losses }] of golden.steps.entries()) {
      const weights = new Map(
        [...values].map(([key, value]) => [
          key,
          Scalars.of((golden.initial[key] as GoldenArray).shape, value),
        ]),
      );
      const drawn = (key: string) => (draw[key] ? exact(draw[key]) : []);
      const { total, logLikelihood, ...terms } = step(
        weights,
        batch,
        {
          latentNoise: drawn('latent noise'),
          latentTimestep: drawn('latent timestep'),
          denoiserNoise: drawn('denoiser noise'),
          denoiserTimestep: drawn('denoiser timestep'),
        },
        { ...objective, ...golden.method },
      );
      total.backward();
      const [gradNorm] = groups.map((group) =>
        group.adam.step(
          group.values,
          new Map([...group.values.keys()].map((key) => [key, (weights.get(key) as Scalars).gradients])),
          { learningRate: rateAt(index, golden.train), maxNorm: golden.train.clip },
        ),
      );
      const { vi, cs, dm, kl } = terms;
      expectClose(
        [total.value, vi.value, cs.value, dm.value, kl.value, gradNorm as number],
        ['total', 'vi', 'cs', 'dm', 'kl', 'gradNorm'].map((term) => losses[term] as number),
        { ...tolerance, label: `total, vi, cs, dm, kl, gradNorm of step ${index}` },
      );
      if (index > 0) continue;
      expectClose(logLikelihood.values, golden.first.logLikelihood.data, {
        ...tolerance,
        label: 'log-likelihood',
      });
      for (const [key, { data }] of Object.entries(golden.first.gradients)) {
        expectClose((weights.get(key) as Scalars).gradients, data, {
          ...tolerance,
          label: `gradient of ${key}`,
        });
      }
    }
    expect(golden.steps).toHaveLength(10);
  }, 120_000);
});
