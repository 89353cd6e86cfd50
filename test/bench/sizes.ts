import { prepare } from '../../src/engine/data/windows.ts';
import { type Gpu, submittedWorkDone } from '../../src/engine/gpu/device.ts';
import { type Config, parseConfig } from '../../src/engine/train/config.ts';
import { planRun, startRun, uploadRun } from '../../src/engine/train/runPlans.ts';
import { workOf } from '../../src/engine/train/work.ts';
import { normalSeries } from '../reference/random.ts';
import { type Cost, costOf, stepsOfRound } from './cost.ts';
import type { Counters } from './counters.ts';
import { largeRun, largeSizes, trainLarge } from './largeSizes.ts';

/** T positions, B batch, D features, hidden size. */
type Sizes = Record<'T' | 'B' | 'D' | 'hidden', number>;

const base: Sizes = { T: 32, B: 32, D: 8, hidden: 32 };
const backbones = ['lstm', 'transformer'] as const;

/** What a training step costs by its sizes, and whether large sizes train in the memory that was estimated. */
export async function sizeCosts(gpu: Gpu, counters: Counters, rounds: number): Promise<void> {
  await stepCosts(gpu, rounds);
  const { batchSize, hidden, layers } = largeRun;
  console.log(`\nPosterior-stable, batch ${batchSize}, hidden ${hidden}, layers ${layers}\n`);
  console.log(
    '| backbone | T | D | bytes, as estimated | bytes, as allocated | steps | s a step | last loss |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const sizes of largeSizes) {
    for (const backbone of backbones) {
      const { estimate, allocated, losses, seconds } = await trainLarge(gpu, counters, backbone, sizes);
      const cells = [sizes.T, sizes.D, estimate, allocated, losses.length, seconds.toFixed(3)];
      console.log(`| ${[backbone, ...cells, losses.at(-1)?.toFixed(0)].join(' | ')} |`);
    }
  }
}

/** What a step of latent diffusion costs where one size is doubled, then doubled again, on either backbone. */
async function stepCosts(gpu: Gpu, rounds: number): Promise<void> {
  const text = Object.entries(base).map(([name, size]) => `${name} ${size}`);
  console.log(
    `A step of latent diffusion, at first with ${text.join(', ')}; the least of ${rounds} rounds\n`,
  );
  console.log(
    '| backbone | changed | CPU ms | of the first | wall ms | of the first | multiply-adds of its products, of the first | memory of a step, likewise |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const backbone of backbones) {
    const steps = [];
    for (const change of changes()) steps.push(await trainingStep(gpu, backbone, change));
    for (let round = 0; round < rounds; round++) {
      for (const { costs, cost } of steps) costs.push(await cost());
    }
    const least = (costs: readonly Cost[], of: keyof Cost) => Math.min(...costs.map((cost) => cost[of])); // what else the machine does only adds
    const [base] = steps;
    for (const { what, costs, work, bytes } of steps) {
      if (!base) continue;
      const times = (['cpu', 'wall'] as const).flatMap((of) => {
        const time = least(costs, of);
        return [time.toFixed(2), (time / least(base.costs, of)).toFixed(2)];
      });
      const cells = [...times, (work / base.work).toFixed(2), (bytes / base.bytes).toFixed(2)];
      console.log(`| ${backbone} | ${what} | ${cells.join(' | ')} |`);
    }
    for (const { destroy } of steps) destroy();
  }
}

/** The base, then each size twice and four times as large. */
function changes(): { what: string; sizes: Sizes }[] {
  const names = Object.keys(base) as (keyof Sizes)[];
  const larger = names.flatMap((name) =>
    [2, 4].map((factor) => {
      const sizes = { ...base, [name]: factor * base[name] };
      return { what: `${name} ${sizes[name]}`, sizes };
    }),
  );
  return [{ what: 'nothing', sizes: base }, ...larger];
}

async function trainingStep(
  gpu: Gpu,
  backbone: Config['model']['backbone'],
  { what, sizes: { T, B, D, hidden } }: { what: string; sizes: Sizes },
) {
  const config = parseConfig({
    data: { window: T, stride: T },
    method: { name: 'latent-diffusion' },
    model: { backbone, hiddenSize: hidden },
    train: { batchSize: B },
  });
  const data = prepare(normalSeries(80, T, D), config.data);
  const plans = planRun(config, data);
  const { memory, joint } = plans;
  await memory.allocate(gpu);
  await joint.compile(gpu);
  uploadRun(gpu, plans, config, data);
  startRun(gpu, plans, config);
  const run = async (steps: number) => {
    joint.run(gpu, steps);
    await submittedWorkDone(gpu);
  };
  await run(1);
  const steps = Math.ceil(stepsOfRound((await costOf(() => run(1))).wall) / 2); // all rounds fit into the run
  return {
    what,
    cost: () => costOf(() => run(steps), steps),
    costs: [] as Cost[],
    work: workOf(joint),
    bytes: memory.parts.find(({ label }) => label === 'training step')?.bytes ?? 0,
    destroy: () => memory.destroy(),
  };
}
