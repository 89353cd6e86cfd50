import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-web';
import { expect, test } from 'vitest';
import { unscale } from '../../src/engine/data/windows.ts';
import {
  type Bundle,
  BundleError,
  makeBundle,
  readBundle,
  writeBundle,
} from '../../src/engine/export/onnx/bundle.ts';
import { compareWithKernels } from '../../src/engine/export/onnx/compare.ts';
import { feedback, generateSeries } from '../../src/engine/export/onnx/generate.ts';
import type { GraphTensor, OnnxModel, RunnableGraph } from '../../src/engine/export/onnx/model.ts';
import { Evaluator } from '../../src/engine/train/evaluator.ts';
import { kernelOutputs } from '../../src/engine/train/kernelOutputs.ts';
import { useGpu } from '../gpu.ts';
import { useFolder } from '../node/lab.ts';
import { everyModel, otherSizes, tinyRun } from '../tinyRun.ts';

const gpu = useGpu();
const path = useFolder();
const tolerance = 1e-4;

async function runnable(graph: Uint8Array): Promise<RunnableGraph> {
  const session = await InferenceSession.create(graph, { logSeverityLevel: 3 });
  return {
    async run(feeds) {
      const tensor = ({ type, data, dims }: GraphTensor) =>
        type === 'int64' ? new Tensor('int64', data, dims) : new Tensor('float32', data, dims);
      const inputs = Object.entries(feeds).map(([name, value]) => [name, tensor(value)] as const);
      const results = await session.run(Object.fromEntries(inputs));
      return Object.fromEntries(
        Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]),
      );
    },
  };
}

async function loaded({ description, encoder, denoiser, decoder }: Bundle): Promise<OnnxModel> {
  return {
    description,
    encoder: await runnable(encoder),
    ...(denoiser && { denoiser: await runnable(denoiser) }),
    decoder: await runnable(decoder),
  };
}

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - (b[i] as number))));
};

test.each([...everyModel, ...otherSizes])(
  '$method on $backbone, $likelihood: the graphs give what our kernels give',
  async ({ method, backbone, ...options }) => {
    const { config, weights, windows, exported } = tinyRun(method, backbone, options);
    const timesteps = [1, 10, 250, 999, 1000];
    const ours = await kernelOutputs(gpu(), config, weights, windows, timesteps);
    const bundle = readBundle(writeBundle(makeBundle(exported, weights)));
    const model = await loaded(bundle);
    const differences = await compareWithKernels(model, windows, timesteps, ours);
    if (process.env.LAB_PARITY)
      console.log(method, backbone, options.likelihood, JSON.stringify(differences));
    for (const [name, difference] of Object.entries(differences))
      expect(difference, name).toBeLessThan(tolerance);
  },
);

test.each([
  { method: 'posterior-stable', backbone: 'lstm', sampler: 'ddpm', likelihood: 'gaussian' },
  { method: 'vae', backbone: 'transformer', sampler: 'ddim', likelihood: 'mixture' },
  { method: 'skip-connections', backbone: 'lstm', sampler: 'ddim', likelihood: 'mixture-full' },
])(
  'generates the lab’s own series from the same seed: $method, $backbone, $likelihood',
  async ({ method, backbone, sampler, likelihood }) => {
    const diffusion = { sampler, numTimesteps: 900 };
    const { config, weights, windows, exported } = tinyRun(method, backbone, { diffusion, likelihood });
    const evaluator = await Evaluator.create(gpu(), config, windows, weights);
    const latents = await evaluator.sampleLatents(3, 11);
    const model = await loaded(makeBundle(exported, weights));
    for (const mode of Object.keys(feedback) as (keyof typeof feedback)[]) {
      const theirs = unscale(await evaluator.generate(latents, { mode, seed: 11 }), exported.scaler);
      const shares: number[] = [];
      const { values } = await generateSeries(
        model,
        { count: 3, seed: 11, mode },
        (share) => void shares.push(share),
      );
      expect(largestDifference(values, theirs), mode).toBeLessThan(tolerance);
      expect(shares).toEqual([...shares].sort((a, b) => a - b));
    }
    evaluator.destroy();
  },
);

const importable = ['/usr/bin/python3', 'python3'].find((program) => {
  try {
    execFileSync(program, ['-c', 'import onnx'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

test.skipIf(!importable)(
  `ONNX's own checker accepts every graph${importable ? '' : ' (onnx not present)'}`,
  async () => {
    const files: string[] = [];
    for (const { method, backbone, likelihood } of everyModel) {
      const { exported, weights } = tinyRun(method, backbone, { likelihood });
      const { description: _, ...graphs } = makeBundle(exported, weights);
      for (const [name, graph] of Object.entries(graphs)) {
        files.push(path(`${method}-${backbone}-${likelihood}-${name}.onnx`));
        await writeFile(files.at(-1) as string, graph);
      }
    }
    const check =
      'import onnx, sys\nfor f in sys.argv[1:]: onnx.checker.check_model(onnx.load(f), full_check=True)';
    execFileSync(importable as string, ['-c', check, ...files]);
  },
);

test('a bundle that is none, or not whole, is refused with the reason', () => {
  expect(() => readBundle(new Uint8Array([1, 2, 3]))).toThrow(BundleError);
  const { exported, weights } = tinyRun('vae', 'lstm');
  const bytes = writeBundle(makeBundle(exported, weights));
  expect(() => readBundle(bytes.subarray(0, bytes.length - 30))).toThrow('no zip file');
  expect(readBundle(bytes).denoiser).toBeUndefined();
});
