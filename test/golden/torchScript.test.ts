import { mkdir, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { writeSafetensors } from '../../src/engine/export/safetensors.ts';
import { torchScript } from '../../src/engine/export/torch/script.ts';
import { evaluateModel } from '../../src/engine/train/evaluateModel.ts';
import { Evaluator } from '../../src/engine/train/evaluator.ts';
import { useGpu } from '../gpu.ts';
import { useFolder } from '../node/lab.ts';
import { python, runPrograms } from '../python.ts';
import { everyModel, otherSizes, tinyRun } from '../tinyRun.ts';

const gpu = useGpu();
const path = useFolder();
test.skipIf(!python)(
  `the PyTorch program of every method and backbone gives the lab's latents, likelihood, dependence and samples${python ? '' : ' (PyTorch not present)'}`,
  async () => {
    const calls: string[][] = [];
    for (const [n, { method, backbone, ...options }] of [...everyModel, ...otherSizes].entries()) {
      const { config, weights, windows, exported } = tinyRun(method, backbone, options);
      const evaluator = await Evaluator.create(gpu(), config, windows, weights);
      const { report, arrays } = await evaluateModel(evaluator, config, { test: windows }, { seed: 3 });
      evaluator.destroy();
      const folder = path(`${n}-${method}-${backbone}-${options.likelihood}`);
      await mkdir(folder);
      await writeFile(`${folder}/model.py`, torchScript(exported));
      await writeFile(`${folder}/model.safetensors`, writeSafetensors(weights));
      await writeFile(`${folder}/evaluation.safetensors`, writeSafetensors(arrays));
      await writeFile(`${folder}/evaluation.json`, JSON.stringify(report));
      calls.push([`${folder}/model.py`, 'check', folder]);
    }
    for (const [n, { code, stdout, stderr }] of (await runPrograms(calls)).entries()) {
      if (process.env.LAB_PARITY) console.log(calls[n]?.[2], stdout);
      expect(code, `${calls[n]?.[2]} ${stdout} ${stderr}`).toBe(0);
      expect(stdout.match(/largest difference/g)).toHaveLength(7);
    }
  },
);

test('a program holds only the parts that its run has', () => {
  const skip = torchScript(tinyRun('skip-connections', 'lstm').exported);
  expect(skip).toContain('self.skip_token');
  expect(skip).not.toMatch(/Transformer|Brenier|BatchNorm|draw_lengths|^\s*#:/m);
  expect(skip).toContain('"sigma": None');
  expect(torchScript(tinyRun('vae', 'transformer').exported)).not.toMatch(/Denoiser|nn\.LSTM/);
});
