import { afterEach, expect, test, vi } from 'vitest';
import { ProgressLine } from '../../src/node/commands/progressLine.ts';

/** A stream that keeps what is written to it. */
function stream(isTTY: boolean, columns = 80) {
  const written: string[] = [];
  const write = (text: string) => written.push(text) > 0;
  return { written, as: { isTTY, columns, write } as unknown as NodeJS.WriteStream };
}

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test('on a terminal the line is rewritten, and never longer than it is wide', () => {
  vi.stubEnv('TERM', 'xterm');
  const { written, as } = stream(true, 40);
  new ProgressLine(as).show('x'.repeat(100));
  expect(written).toEqual([`\r\x1b[2K${'x'.repeat(39)}`]);
});

test('a terminal that cannot is sent no control character', () => {
  vi.stubEnv('TERM', 'dumb');
  const { written, as } = stream(true);
  new ProgressLine(as).show('step 1/3');
  expect(written).toEqual(['step 1/3\n']);
});

test('a log of eight hours stays a page to leaf through', () => {
  let seconds = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => 1000 * seconds);
  const { written, as } = stream(false);
  const line = new ProgressLine(as);
  for (; seconds < 8 * 3600; seconds++) line.show(`second ${seconds}`);
  expect(written.slice(0, 2)).toEqual(['second 0\n', 'second 5\n']);
  expect(written.length).toBeLessThan(600);
  expect(written.join('')).not.toContain('\r');
});
