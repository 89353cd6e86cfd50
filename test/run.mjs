// `npm test`: types, lint, then every test, and one closing line "N passed, N failed". Types and lint count as one
// each. Arguments go to Vitest: `npm test -- test/kernels` runs these files only.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const typeProjects = ['src/engine', 'src/app', 'src/node', 'test'];

/** Runs a program of an npm package with Node; true when it ends well. */
function runTool(packageName, tool, args) {
  const manifest = require.resolve(`${packageName}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
  const program = join(dirname(manifest), typeof bin === 'string' ? bin : bin[tool]);
  const { status, error } = spawnSync(process.execPath, [program, ...args], { cwd: root, stdio: 'inherit' });
  if (error) console.error(error.message);
  return status === 0;
}

/** Counts of a Vitest JSON report. A file that could not run counts as failed, and so does every test in it. */
function countTests(report, endedWell) {
  let passed = 0;
  let failed = 0;
  for (const file of report?.testResults ?? []) {
    const states = file.assertionResults.map((test) => test.status);
    const failedHere = states.filter((state) => state === 'failed').length;
    passed += states.filter((state) => state === 'passed').length;
    if (file.status !== 'failed') continue;
    const notRun = states.filter((state) => state !== 'passed' && state !== 'failed').length;
    failed += failedHere || Math.max(notRun, 1);
  }
  // An error outside any test, or a Vitest that never came to its report.
  if (!endedWell && failed === 0) failed = 1;
  return { passed, failed };
}

const started = performance.now();
console.log('types: tsc');
const typesAreRight = typeProjects
  .map((project) => runTool('typescript', 'tsc', ['-p', project]))
  .every(Boolean);
console.log('lint: biome');
const lintIsClean = runTool('@biomejs/biome', 'biome', ['check', '--error-on-warnings', '.']);

const reportFile = join(root, 'node_modules', '.cache', 'posterior-lab', 'test-report.json');
mkdirSync(dirname(reportFile), { recursive: true });
rmSync(reportFile, { force: true });
const testsEndedWell = runTool('vitest', 'vitest', [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${reportFile}`,
  ...process.argv.slice(2),
]);
const report = existsSync(reportFile) ? JSON.parse(readFileSync(reportFile, 'utf8')) : undefined;

const { passed, failed } = countTests(report, testsEndedWell);
const others = [typesAreRight, lintIsClean];
const allPassed = passed + others.filter(Boolean).length;
const allFailed = failed + others.filter((ok) => !ok).length;
if (!typesAreRight) console.log('FAILED types');
if (!lintIsClean) console.log('FAILED lint');
console.log(`${((performance.now() - started) / 1000).toFixed(0)} s`);
console.log(`${allPassed} passed, ${allFailed} failed`);
process.exitCode = allFailed > 0 ? 1 : 0;
