import { expect, test } from 'vitest';
import { qSample } from '../../src/engine/diffusion/qSample.ts';
import {
  createSchedule,
  ddimSteps,
  ddpmSteps,
  qSampleTable,
  timeEmbedding,
} from '../../src/engine/diffusion/schedule.ts';
import { ParameterArena } from '../../src/engine/gpu/parameterArena.ts';
import { upload } from '../../src/engine/gpu/upload.ts';
import { gatherRows } from '../../src/engine/kernels/data.ts';
import { diffusionStep } from '../../src/engine/kernels/diffusion.ts';
import { clockAdvance } from '../../src/engine/kernels/random.ts';
import { denoiser as denoiserLayer, denoiserParameters } from '../../src/engine/layers/denoiser.ts';
import { useGpu } from '../gpu.ts';
import { expectClose } from '../reference/expectClose.ts';
import { add, linear, silu } from '../reference/layers.ts';
import { normals } from '../reference/random.ts';
import { Scalars } from '../reference/scalar.ts';
import { Recorded } from './recorded.ts';

const gpu = useGpu();
const options = { numTimesteps: 1000, schedule: 'linear', betaStart: 1e-4, betaEnd: 0.02 } as const;
const schedule = createSchedule(options);

test('the linear schedule has the values of the method', () => {
  const at = (i: number) => schedule.alphaBar[i] as number;
  expect(at(0)).toBe(1);
  expectClose([at(50), at(100), at(500), at(900)], [0.971, 0.897, 0.079, 2.8e-4], {
    absolute: 5e-4,
    relative: 1e-2,
  });
});

test('the cosine schedule has the values of the method', () => {
  const { alphaBar, beta } = createSchedule({ ...options, schedule: 'cosine' });
  const level = (i: number) => Math.cos(((i / 1000 + 0.008) / 1.008) * (Math.PI / 2)) ** 2;
  const steps = [1, 250, 500, 900];
  expectClose(
    steps.map((i) => alphaBar[i] as number),
    steps.map((i) => level(i) / level(0)),
    { relative: 1e-9, absolute: 0 },
  );
  expectClose([alphaBar[500] as number], [0.4938], { absolute: 2e-4, relative: 0 });
  expect(beta[1000]).toBe(0.999); // the last ones would leave nothing
});

test('DDPM removes the noise of a step and adds that of the posterior', () => {
  const steps = ddpmSteps(schedule);
  expect(steps.map(({ timestep }) => timestep)).toEqual(Array.from({ length: 1000 }, (_, k) => 1000 - k));
  for (const { timestep, a, b, s } of steps) {
    const beta = 1e-4 + ((0.02 - 1e-4) * (timestep - 1)) / 999;
    const [bar, before] = [schedule.alphaBar[timestep] as number, schedule.alphaBar[timestep - 1] as number];
    expect(a).toBeCloseTo(1 / Math.sqrt(1 - beta), 10);
    expect(b).toBeCloseTo(-beta / Math.sqrt((1 - beta) * (1 - bar)), 10);
    expect(s).toBeCloseTo(Math.sqrt(((1 - before) / (1 - bar)) * beta), 10);
  }
  expect(steps.at(-1)?.s).toBe(0); // the last step ends in the mean
});

test('q_sample_forward and q_sample_backward, two rows a series', async () => {
  const [series, rows, width] = [3, 6, 5];
  const values = {
    v: normals(1, series * width),
    noise: normals(2, rows * width),
    seeds: normals(3, rows * width),
  };
  const timestep = Uint32Array.of(0, 50, 7, 900, 1000, 555);
  const v = Scalars.of([series, width], values.v);
  const alphaBar = (row: number) => schedule.alphaBar[timestep[row] as number] as number;
  const z = Scalars.make([rows, width], (row, j) =>
    v
      .at(row % series, j)
      .times(Math.sqrt(alphaBar(row)))
      .plus(Math.sqrt(1 - alphaBar(row)) * (values.noise[row * width + j] as number)),
  );
  z.backward(values.seeds);
  const run = new Recorded(gpu());
  const input = {
    v: run.input('v', [series, width], values.v),
    noise: run.input('noise', [rows, width], values.noise),
    timestep: run.input('timestep', [rows], timestep),
    schedule: run.input('schedule', [1001, 2], qSampleTable(schedule)),
  };
  const output = qSample(run.builder, 'z', input);
  run.seed(output, values.seeds);
  run.backward();
  await run.run();
  expectClose(await run.read(output), z.values);
  expectClose(await run.readGradient(input.v), v.gradients);
});

test('time embeddings are [sin, cos] of i 10000^(-j / half)', () => {
  const i = 4;
  expectClose(timeEmbedding([0, i], 4), [
    0,
    0,
    1,
    1,
    Math.sin(i),
    Math.sin(i / 100),
    Math.cos(i),
    Math.cos(i / 100),
  ]);
});

test('the denoiser and all its gradients: silu_forward, silu_backward, add_forward', async () => {
  const [rows, shape] = [3, { latentSize: 3, embeddingSize: 4, width: 6, blocks: 2 }];
  const specs = denoiserParameters(shape);
  const values = new Map(
    specs.map(
      ({ name, shape: s }, seed) =>
        [
          name,
          normals(
            seed + 10,
            s.reduce((a, b) => a * b),
            0.6,
          ),
        ] as const,
    ),
  );
  const reference = new Map(
    specs.map(({ name, shape: s }) => [name, Scalars.of(s, values.get(name) as Float32Array)]),
  );
  const layer = (x: Scalars, name: string) =>
    linear(
      x,
      reference.get(`denoiser.${name}.weight`) as Scalars,
      reference.get(`denoiser.${name}.bias`) as Scalars,
    );
  const zValues = normals(1, rows * shape.latentSize);
  const z = Scalars.of([rows, shape.latentSize], zValues);
  const embedded = timeEmbedding([1, 4, 9], 4);
  const embedding = Scalars.of([rows, 4], embedded);
  const e = layer(silu(layer(embedding, 'time.0')), 'time.2');
  let h = layer(z, 'input');
  for (const k of [0, 1])
    h = add(layer(silu(layer(add(h, e), `blocks.${k}.linear1`)), `blocks.${k}.linear2`), h);
  const y = layer(silu(h), 'output');
  const seeds = normals(2, rows * shape.latentSize);
  y.backward(seeds);

  const run = new Recorded(gpu());
  const arena = new ParameterArena(run.memory, specs, true);
  const input = run.input('z', [rows, shape.latentSize], zValues);
  const output = denoiserLayer(run.builder, arena, shape, input, run.input('embedding', [rows, 4], embedded));
  run.seed(output, seeds);
  run.backward();
  await run.memory.allocate(gpu());
  for (const { name } of specs) upload(gpu(), arena.get(name), values.get(name) as Float32Array);
  await run.run();
  expectClose(await run.read(output), y.values, { label: 'epsilonHat' });
  expectClose(await run.readGradient(input), z.gradients, { label: 'dZ' });
  for (const { name } of specs) {
    expectClose(await run.readGradient(arena.get(name)), (reference.get(name) as Scalars).gradients, {
      label: name,
    });
  }
});

test.each([
  ['ddpm', ddpmSteps(schedule)],
  ['ddim', ddimSteps(schedule, 10)],
])('gather_rows and diffusion_step walk the %s coefficients', async (_, steps) => {
  const count = 37;
  const start = normals(1, count);
  const epsilon = normals(2, count);
  const noise = normals(3, count);
  const run = new Recorded(gpu());
  const clock = run.input('clock', [4], Uint32Array.of(0xffffffff, 0, 0, 0));
  const z = run.input('z', [count], start);
  const embedding = run.output('embedding', [1, 4]);
  const timesteps = steps.map(({ timestep }) => timestep);
  const table = timeEmbedding(timesteps, 4);
  clockAdvance(run.builder, clock);
  gatherRows(run.builder, {
    rows: run.input('table', [steps.length, 4], table),
    index: clock,
    output: embedding,
  });
  diffusionStep(run.builder, {
    clock,
    coefficients: run.input(
      'coefficients',
      [steps.length, 4],
      steps.flatMap(({ a, b, s }) => [a, b, s, 0]),
    ),
    epsilonHat: run.input('epsilon', [count], epsilon),
    noise: run.input('noise', [count], noise),
    z,
  });
  await run.run(5);
  const expected = Array.from(start, (value, i) =>
    steps
      .slice(0, 5)
      .reduce((at, { a, b, s }) => a * at + b * (epsilon[i] as number) + s * (noise[i] as number), value),
  );
  expectClose(await run.read(z), expected);
  expect(await run.read(embedding)).toEqual(timeEmbedding([timesteps[4] as number], 4));
});

test('with the exact noise both samplers lead back to where the forward process started', () => {
  // If epsilonHat is the noise of z_i given x, a DDIM chain ends at x; a DDPM chain ends near it.
  const [x, epsilon] = [0.7, -1.3];
  for (const steps of [
    ddimSteps(schedule, 50),
    ddimSteps(schedule, 1000),
    ddpmSteps(schedule).map((s) => ({ ...s, s: 0 })),
  ]) {
    let z =
      Math.sqrt(schedule.alphaBar[1000] as number) * x +
      Math.sqrt(1 - (schedule.alphaBar[1000] as number)) * epsilon;
    for (const { timestep, a, b } of steps) {
      const bar = schedule.alphaBar[timestep] as number;
      z = a * z + b * ((z - Math.sqrt(bar) * x) / Math.sqrt(1 - bar));
    }
    expect(Math.abs(z - x)).toBeLessThan(1e-6);
  }
});
