import { test } from 'vitest';
import { Memory } from '../../src/engine/gpu/memory.ts';
import { PlanBuilder } from '../../src/engine/gpu/planBuilder.ts';
import { profile } from '../../src/engine/gpu/profiler.ts';
import { planModel, denoiserLoss } from '../../src/engine/methods/model.ts';
import { methodByName } from '../../src/engine/methods/index.ts';
import { philox } from '../../src/engine/diffusion/randomness.ts';
import { useGpu } from '../gpu.ts';
const gpu = useGpu();
for (const name of (process.env.M ?? 'latent-diffusion').split(',')) test(name, async () => {
  const T = 48, D = 8, B = 64;
  const memory = new Memory();
  const shape = { seqLen: T, featureSize: D, hiddenSize: 64, latentSize: 16, tokenSize: 32, sigma: { logSigmaLow: -3, logSigmaRange: 4 }, denoiser: { latentSize: 16, embeddingSize: 64, width: 128, blocks: 3 } };
  const method = methodByName(name);
  const model = planModel(memory, method, shape, true);
  const builder = new PlanBuilder(memory, 'joint', true);
  const clock = builder.tensor('clock', [4]);
  const randomness = philox(builder, { clock, seed: 1 });
  const batch = { x: builder.tensor('x', [T, B, D]), mask: builder.tensor('mask', [T, B, D]) };
  const tables = { schedule: builder.tensor('schedule', [1001, 2]), weights: builder.tensor('weights', [1001, 2]) };
  const o = method.record({ builder, model, batch, randomness, tables, numTimesteps: 1000, options: { inferenceEnd: 50, collapseStart: 900, gamma: 2, eta: 1, lambdaCS: 0.1, penalty: 'hinge', klWeight: 1 } });
  if (!process.env.NODEN) denoiserLoss(builder, model, o.latents, randomness, tables, 1000);
  builder.backward();
  const plan = builder.build();
  await memory.allocate(gpu());
  await plan.compile(gpu());
  let t0 = performance.now();
  const seen = new Map<string, number>(); for (const [i, d] of plan.dispatches.entries()) { const key = d.kernel.name + JSON.stringify(d.constants); if (seen.has(key)) continue; const a = performance.now(); const e = gpu().device.createCommandEncoder(); const p = e.beginComputePass(); plan.encode(p, i, i + 1); p.end(); gpu().device.queue.submit([e.finish()]); await gpu().device.queue.onSubmittedWorkDone(); seen.set(key, performance.now() - a); }
  console.log('COLD\n' + [...seen].sort((a, b) => b[1] - a[1]).slice(0, 12).map(([k, v]) => 'cold ' + k + ' ' + v.toFixed(0)).join('\n'));
  plan.run(gpu(), 1); await gpu().device.queue.onSubmittedWorkDone();
  console.log('first', performance.now() - t0);
  for (let k = 0; k < 3; k++) {
    t0 = performance.now(); const c = process.cpuUsage();
    plan.run(gpu(), 5);
    await gpu().device.queue.onSubmittedWorkDone();
    const d = process.cpuUsage(c);
    console.log('step ms', (performance.now() - t0) / 5, 'cpu', (d.user + d.system) / 5000);
  }
  const rows = await profile(gpu(), plan, 4);
  const by = new Map<string, number>();
  for (const r of rows) by.set(r.kernel, (by.get(r.kernel) ?? 0) + r.milliseconds);
  console.log([...by].sort((a, b) => b[1] - a[1]).map(([k, v]) => k.padEnd(30) + v.toFixed(2)).join('\n'));
  console.log(rows.filter((r) => r.milliseconds > 2).map((r) => plan.toString().split('\n')[r.index].slice(0, 110) + '  ' + r.milliseconds.toFixed(2)).join('\n'));
}, 100000);
