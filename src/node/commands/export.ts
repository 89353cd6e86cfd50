import { makeBundle, writeBundle } from '../../engine/export/onnx/bundle.ts';
import { torchScript } from '../../engine/export/torch/script.ts';
import { exportedRun } from '../../engine/train/exportRun.ts';
import type { Command } from './command.ts';
import { requiredFlag } from './flags.ts';
import { RunFolder } from './runFolder.ts';
import { UsageError } from './usageError.ts';
import { version } from './version.ts';
import { writeWhole } from './wholeFile.ts';

export const exportCommand: Command = {
  name: 'export',
  summary: 'Write a run as a PyTorch program, or as ONNX graphs.',
  example: 'npm run lab -- export --run runs/reveal --out runs/reveal/model.onnx.zip',
  flags: [
    { name: 'run', value: 'DIR', help: 'folder of the run' },
    { name: 'out', value: 'FILE', help: 'a name that ends in .py or in .onnx.zip' },
  ],
  notes: [
    'The program reads model.safetensors beside it; the bundle of encoder, denoiser and decoder step holds the weights.',
  ],
  async run(given) {
    const out = requiredFlag(given, 'out', 'FILE');
    const { folder, config, run } = await RunFolder.open(requiredFlag(given, 'run', 'DIR'));
    const exported = exportedRun(config, run, version);
    if (out.endsWith('.py')) {
      await writeWhole(out, torchScript(exported));
      console.log(`${out}: beside model.safetensors, or with --weights FILE, python3 runs it.`);
    } else if (out.endsWith('.onnx.zip')) {
      await writeWhole(out, writeBundle(makeBundle(exported, await folder.readWeights(config, run))));
      console.log(
        `${out}: encoder, decoder step${exported.sampler === 'diffusion' ? ', denoiser' : ''} and bundle.json.`,
      );
    } else throw new UsageError(`'--out' is '${out}', but must end in .py or .onnx.zip.`);
    return 0;
  },
};
