import { beforeAll, expect, test } from 'vitest';
import { generate } from '../../src/engine/data/generators.ts';
import { prepare } from '../../src/engine/data/windows.ts';
import { Memory } from '../../src/engine/gpu/memory.ts';
import { methodByName } from '../../src/engine/methods/index.ts';
import { planModel } from '../../src/engine/methods/model.ts';
import { parseConfig } from '../../src/engine/train/config.ts';
import { evaluateModel } from '../../src/engine/train/evaluateModel.ts';
import { Evaluator } from '../../src/engine/train/evaluator.ts';
import { initialParameters, type NamedArrays } from '../../src/engine/train/parameters.ts';
import { modelShape } from '../../src/engine/train/shape.ts';
import { useGpu } from '../gpu.ts';

const gpu = useGpu();
const [seqLen, latentSize] = [8, 4];

function setting(count: number, latents: 'encoded' | 'sampled' = 'encoded') {
  const config = parseConfig({
    data: { window: seqLen, stride: seqLen },
    model: { hiddenSize: 8, latentSize, tokenSize: 8 },
    diffusion: { width: 16, blocks: 1, sampleSteps: 5 },
    evaluate: { dependenceSeries: 4, count: 8, quadrature: 8, samples: 100, costly: false, latents },
  });
  return { config, data: prepare(generate('sines', { seed: 1, count, seqLen }), config.data) };
}

/** An evaluation of a model whose weights are so many times those of one that was not trained. */
async function evaluate({ config, data }: ReturnType<typeof setting>, scale = 1) {
  const method = methodByName(config.method.name);
  const model = planModel(new Memory(), method, modelShape(config, data.train), false);
  const weights: NamedArrays = new Map(
    [...initialParameters(method, model, 3)].map(([name, { shape, data: values }]) => [
      name,
      { shape, data: name.includes('norm') ? values : values.map((value) => scale * value) },
    ]),
  );
  const evaluator = await Evaluator.create(gpu(), config, data.train, weights);
  const evaluation = await evaluateModel(evaluator, config, data, { matrix: false, seed: 9 });
  const drawn = await evaluator.sampleLatents(evaluation.report.counts.windows, 9);
  evaluator.destroy();
  return { ...evaluation, drawn };
}

/** Of 6 held-out windows. */
let smooth: Awaited<ReturnType<typeof evaluate>>;
beforeAll(async () => {
  smooth = await evaluate(setting(60));
});

test('a dependence whose shares do not add up is not trusted, and a note says so', async () => {
  expect(smooth.report.dependence.residual).toBeLessThan(1e-2);
  expect(smooth.report.dependence.trusted).toBe(true);
  expect(smooth.report.notes.join(' ')).not.toContain('cannot be trusted');
  // Gates that open and close at a step: no quadrature follows them.
  const steep = await evaluate(setting(60), 100);
  expect(steep.report.dependence.residual).toBeGreaterThan(0.1);
  expect(steep.report.dependence.trusted).toBe(false);
  expect(steep.report.notes[0]).toMatch(
    /^The dependence cannot be trusted: with 256 nodes its residual is still \d/,
  );
});

test('the dependence is on encoded latents, or on those of new series where it is asked for', async () => {
  const [encoded, sampled] = [smooth, await evaluate(setting(60, 'sampled'))];
  expect(encoded.report.dependence.latents).toBe('encoded');
  expect(encoded.arrays.has('dependence_latents')).toBe(false);
  expect(sampled.report.dependence.latents).toBe('sampled');
  expect(sampled.arrays.get('dependence_latents')).toEqual({ shape: [6, latentSize], data: sampled.drawn });
  expect(sampled.report.dependence.points).not.toEqual(encoded.report.dependence.points);
  // All else is of the same latents.
  expect(sampled.report.logLikelihood).toEqual(encoded.report.logLikelihood);
  expect(sampled.report.control).toEqual(encoded.report.control);
});

test.each([
  [10, 1, ['The swap test needs at least 2', 'Control needs at least 3', 'The scores need at least 2']],
  [20, 2, ['Control needs at least 3', 'Only 2 held-out windows']],
  [490, 49, ['Only 49 held-out windows']],
  [500, 50, []],
])(
  'of %i series %i are held out, and the notes say what those are too few for',
  async (count, heldOut, notes) => {
    const { report } = await evaluate(setting(count));
    expect(report.counts).toMatchObject({ heldOut, scored: heldOut });
    expect(report.notes.map((note) => notes.findIndex((start) => note.startsWith(start)))).toEqual([
      ...notes.keys(),
    ]);
  },
);
