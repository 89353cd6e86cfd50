// npm run fuzz -- [FILE...]: 10,000 inputs for each reader, of all files of this folder or of these.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const files = process.argv.slice(2);
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', ...(files.length > 0 ? files : ['test/fuzz']), '--testTimeout', '1200000'],
  { stdio: 'inherit', env: { ...process.env, LAB_FUZZ: '10000' } },
);
process.exitCode = status ?? 1;
