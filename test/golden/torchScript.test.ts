import { execFile, execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { writeSafetensors } from '../../src/engine/export/safetensors.ts';
import { torchScript } from '../../src/engine/export/torch/script.ts';
import { evaluateModel } from '../../src/engine/train/evaluateModel.ts';
import { Evaluator } from '../../src/engine/train/evaluator.ts';
import { useGpu } from '../gpu.ts';
import { useFolder } from '../node/lab.ts';
import { everyModel, tinyRun } from '../tinyRun.ts';

const gpu = useGpu();
const path = useFolder();
const python = ['/usr/bin/python3', 'python3'].find((program) => {
  try {
    execFileSync(program, ['-c', 'import torch'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});
/** Checks every folder it is given in one process: loading PyTorch takes longer than all the rest. */
const checkAll = `
import runpy, sys
for folder in sys.argv[1:]:
    print("==", folder.rsplit("/", 1)[1])
    print("code", runpy.run_path(folder + "/model.py")["main"]("check", folder))
`;

test.skipIf(!python)(
  `the PyTorch program of every method and backbone gives the lab's latents, likelihood, dependence and samples${python ? '' : ' (PyTorch not present)'}`,
  async () => {
    const folders: string[] = [];
    for (const { method, backbone, likelihood } of everyModel) {
      const { config, weights, windows, exported } = tinyRun(method, backbone, { likelihood });
      const evaluator = await Evaluator.create(gpu(), config, windows, weights);
      const { report, arrays } = await evaluateModel(evaluator, config, { test: windows }, { seed: 3 });
      evaluator.destroy();
      const folder = path(`${method}-${backbone}-${likelihood}`);
      await mkdir(folder);
      await writeFile(`${folder}/model.py`, torchScript(exported));
      await writeFile(`${folder}/model.safetensors`, writeSafetensors(weights));
      await writeFile(`${folder}/evaluation.safetensors`, writeSafetensors(arrays));
      await writeFile(`${folder}/evaluation.json`, JSON.stringify(report));
      folders.push(folder);
    }
    const { stdout } = await promisify(execFile)(python as string, ['-c', checkAll, ...folders]);
    if (process.env.LAB_PARITY) console.log(stdout);
    expect(stdout.match(/^code 0$/gm) ?? [], stdout).toHaveLength(everyModel.length);
    expect(stdout.match(/largest difference/g)).toHaveLength(7 * everyModel.length);
  },
);

test('a program holds only the parts that its run has', () => {
  const skip = torchScript(tinyRun('skip-connections', 'lstm').exported);
  expect(skip).toContain('self.skip_token');
  expect(skip).not.toMatch(/Transformer|Brenier|BatchNorm|^\s*#:/m);
  expect(skip).toContain('"sigma": None');
  expect(torchScript(tinyRun('vae', 'transformer').exported)).not.toMatch(/Denoiser|nn\.LSTM/);
});
