import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longestFirst.ts';

/** Folders whose tests open a GPU device; every other test is a plain unit test. */
const gpuTests = ['kernels', 'layers', 'diffusion', 'methods', 'train', 'gpu', 'node', 'golden'].map(
  (folder) => `test/${folder}/**/*.test.{ts,tsx}`,
);
/** Page tests that hold the page to a time, and so have the machine to themselves. */
const timedTests = ['test/e2e/timing.test.ts'];
/** Tests of components and their state, which some of them replace by stand-ins: each file has its own. */
const appTests = ['test/app/**/*.test.{ts,tsx}'];
const pageTests = ['test/e2e/**/*.test.ts'];
const onThePage = { globalSetup: 'test/e2e/servePage.ts', testTimeout: 180_000, hookTimeout: 180_000 };

/**
 * Five groups: `unit` and `app` need nothing, `gpu` a WebGPU device in Node, `page` and `timing` the built page in a real Chromium. Two
 * cores are never asked for more than two test files at once, and the last two groups wait for those before them.
 * Workers are forked processes. `unit` and `gpu` keep theirs from file to file, since a new one would load the same modules anew:
 * the files of GPU tests share a device there (test/sharedDevices.ts), which lives as long as the process, as Dawn's instance does.
 */
export default defineConfig({
  plugins: [react()],
  test: {
    pool: 'forks',
    isolate: true,
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          isolate: false,
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: [...gpuTests, ...appTests, ...pageTests, 'test/bench/**'],
          testTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'app', include: appTests, testTimeout: 30_000, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: {
          name: 'gpu',
          isolate: false,
          include: gpuTests,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'page',
          include: pageTests,
          exclude: timedTests,
          ...onThePage,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'timing',
          include: timedTests,
          ...onThePage,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
