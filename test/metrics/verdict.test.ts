import { describe, expect, test } from 'vitest';
import type { SetDistance } from '../../src/engine/metrics/setDistance.ts';
import { findingOf, type LatentUse, verdict } from '../../src/engine/metrics/verdict.ts';

const use = (swap: number, noise: number): LatentUse => ({
  swap: { all: swap / 2, lastThird: swap },
  noise: { all: noise / 2, lastThird: noise },
});
const distance = (between: number, floor: number): SetDistance => ({
  between,
  floor,
  firstToReal: 0,
  secondToReal: 0,
  realFloor: 0,
  size: 10,
});

describe('what exchanged latents and noise say', () => {
  test.each([
    ['posterior-stable on earthquakes', 7, 40, 'content'],
    ['latent diffusion on earthquakes', 0.27, 0.9, 'faint'],
    ['latents that are only told from noise', 0.02, 243, 'flag'],
    ['a flag with a little content', 0.3, 50, 'flag'],
    ['a mixture head that needs no latent', 0, 0, 'ignored'],
    ['chance on both sides of zero', -0.01, 0.03, 'ignored'],
    ['one window', Number.NaN, 3, 'unknown'],
  ] as const)('%s', (_, swap, noise, finding) => {
    expect(findingOf(use(swap, noise))).toBe(finding);
  });

  test.each([
    ['one window outweighs all others', -0.43, 0.3, 'unclear'],
    ['a loss that two standard errors reach', 0.6, 0.4, 'unclear'],
    ['a strong loss beyond two standard errors', 3, 0.4, 'content'],
    ['a small error', 0.01, 0.02, 'ignored'],
    ['an error that is not known', -0.43, Number.NaN, 'ignored'],
  ] as const)('with a standard error: %s', (_, swap, error, finding) => {
    const errors = { all: error, lastThird: error };
    const measured = { swap: { all: 0, lastThird: swap, error: errors }, noise: { all: 0, lastThird: 0.1 } };
    expect(findingOf(measured)).toBe(finding);
    const { sentence } = verdict({ probe: 'swap', use: measured });
    const cost = swap.toFixed(2).replace('-', '−');
    expect(sentence).toContain(
      Number.isNaN(error) ? `costs ${cost} nats` : `${cost} ± ${error.toFixed(2)} nats`,
    );
  });

  test('a last third with nothing observed leaves the judgement to all positions', () => {
    const early = {
      swap: { all: 2, lastThird: Number.NaN },
      noise: { all: 3, lastThird: Number.NaN },
    };
    expect(findingOf(early)).toBe('content');
    expect(verdict({ probe: 'swap', use: early }).sentence).toContain(
      'over all positions exchanging latents costs 2.00 nats a step,',
    );
  });

  test('the sentences name both numbers and tell content from a flag', () => {
    const content = verdict({ probe: 'swap', use: use(7, 40) });
    expect(content).toEqual({
      finding: 'content',
      sentence:
        'The decoder reads what is in z: in the last third exchanging latents costs 7.00 nats a step, replacing them by noise 40 nats a step.',
    });
    const flag = verdict({ probe: 'swap', use: use(0.02, 243) });
    expect(flag.sentence).toMatch(/little more than that it is a real one, not which.*0\.02 nats.*243 nats/);
  });
});

test('z = 0 is judged by what an exchange costs, and says what was lost', () => {
  const result = verdict({ probe: 'zero', use: use(0, -0.001), lost: { all: 0.1, lastThird: 0.004 } });
  expect(result.finding).toBe('ignored');
  expect(result.sentence).toMatch(
    /^Without z \(z = 0\) the model loses 0\.00 nats a step.*ignores z.*noise 0\.00 nats/,
  );
});

test.each([
  [0.2, 0.1, 'different', /tells the two kinds of latents apart/],
  [0.11, 0.1, 'same', /the diffusion adds nothing/],
  [Number.NaN, Number.NaN, 'unknown', /too few/],
] as const)('sets at distance %d with a floor of %d are %s', (between, floor, finding, words) => {
  const result = verdict({
    probe: 'prior',
    use: use(0, 0),
    distances: { 'noise-not-fed-back': distance(between, floor) },
  });
  expect(result.finding).toBe(finding);
  expect(result.sentence).toMatch(words);
});

test('equal sets with content are not called a collapse', () => {
  const distances = { 'noise-not-fed-back': distance(0.1, 0.1) };
  expect(verdict({ probe: 'prior', use: use(6, 8), distances }).sentence).toContain('z has content');
});

test.each([
  [0.15, 'invented'],
  [0.02, 'not-invented'],
] as const)('local dependence of %d on shuffled positions is %s', (mLocal, finding) => {
  const result = verdict({ probe: 'shuffle', ordered: { mLocal: 0.3 }, shuffled: { mLocal } });
  expect(result.finding).toBe(finding);
  expect(result.sentence).toContain(`${Math.round(100 * mLocal)}\u00a0%`);
  expect(result.sentence).toContain('30\u00a0%');
});
