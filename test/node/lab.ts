import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import { afterAll, beforeAll, vi } from 'vitest';
import { main } from '../../src/node/main.ts';
import { onSharedDevices } from '../sharedDevices.ts';

/** The file that node runs as `lab`. */
export const program = fileURLToPath(new URL('../../src/node/lab.mjs', import.meta.url));

export interface LabResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `lab` as a process of its own. `onText` sees its output as it comes, and may send it a signal. */
export function lab(
  args: readonly string[],
  onText?: (text: string, signal: (name: NodeJS.Signals) => void) => void,
): Promise<LabResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const result: LabResult = { code: null, stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        result[stream] += text;
        onText?.(text, (name) => child.kill(name));
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...result, code }));
  });
}

/**
 * Runs `lab` in this process, one at a time, with a part in its shared device: nothing is compiled that a test before has compiled.
 * For what needs no process of its own.
 */
export async function labHere(args: readonly string[]): Promise<LabResult> {
  const result: LabResult = { code: null, stdout: '', stderr: '' };
  for (const [stream, method] of [
    ['stdout', 'log'],
    ['stderr', 'error'],
  ] as const) {
    const add = (text: string) => {
      result[stream] += text;
      return true;
    };
    vi.spyOn(console, method).mockImplementation((...values) => add(`${format(...values)}\n`));
    vi.spyOn(process[stream], 'write').mockImplementation((text) => add(String(text)));
  }
  try {
    result.code = await onSharedDevices(() => main(args));
  } finally {
    vi.restoreAllMocks();
  }
  return result;
}

/** A folder for the test file that calls this; gone after its last test. */
export function useFolder(): (...path: string[]) => string {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lab-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return (...path) => join(folder, ...path);
}
