import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pageDefaults } from '../../src/app/settings/index.ts';
import { pageAddress, writeAddress } from '../../src/app/settings/writeAddress.ts';
import { useLab } from '../../src/app/store.ts';

const written: string[] = [];
vi.stubGlobal('history', {
  replaceState: (_: unknown, __: string, address: string) => written.push(address),
});
vi.stubGlobal('location', { origin: 'https://example.org', pathname: '/', hash: '#x' });

beforeEach(() => {
  vi.useFakeTimers();
  written.length = 0;
});
afterEach(() => vi.useRealTimers());

function set(steps: number): void {
  useLab.setState({ config: { ...pageDefaults, train: { ...pageDefaults.train, steps } } });
  writeAddress();
}

test('the address follows at once, and a handle that is dragged for half a minute stays below what browsers bear', () => {
  set(1);
  expect(written).toEqual(['https://example.org/?train.steps=1#x']);
  for (let n = 2; n <= 1800; n++) {
    vi.advanceTimersByTime(30_000 / 1800);
    set(n);
  }
  // Safari throws at the 101st in 30 s, Firefox at the 201st in 10 s.
  expect(written.length).toBeLessThan(100);
  expect(pageAddress()).toBe('https://example.org/?train.steps=1800#x');
  vi.advanceTimersByTime(1000);
  expect(written.at(-1)).toBe('https://example.org/?train.steps=1800#x');
  const before = written.length;
  vi.advanceTimersByTime(10_000);
  expect(written.length).toBe(before);
  set(5);
  expect(written.at(-1)).toBe('https://example.org/?train.steps=5#x');
});
