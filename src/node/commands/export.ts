import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { torchScript } from '../../engine/export/torch/script.ts';
import { exportedRun } from '../../engine/train/exportRun.ts';
import type { Command } from './command.ts';
import { requiredFlag } from './flags.ts';
import { RunFolder, writeWhole } from './runFolder.ts';
import { UsageError } from './usageError.ts';
import { version } from './version.ts';

export const exportCommand: Command = {
  name: 'export',
  summary: 'Write a run as a PyTorch program.',
  example: 'npm run lab -- export --run runs/reveal --out runs/reveal/model.py',
  flags: [
    { name: 'run', value: 'DIR', help: 'folder of the run' },
    { name: 'out', value: 'FILE', help: 'a name that ends in .py' },
  ],
  async run(given) {
    const out = requiredFlag(given, 'out', 'FILE');
    const { config, run } = await RunFolder.open(requiredFlag(given, 'run', 'DIR'));
    if (!out.endsWith('.py')) throw new UsageError(`'--out' is '${out}', but must end in .py.`);
    const exported = exportedRun(config, run, version);
    await mkdir(dirname(out), { recursive: true });
    await writeWhole(out, torchScript(exported));
    console.log(`${out}: beside model.safetensors, or with --weights FILE, python3 runs it.`);
    return 0;
  },
};
