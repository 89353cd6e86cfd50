import fc from 'fast-check';
import { expect } from 'vitest';

/** Cases of each kind of input: a few in `npm test`, 10,000 in `npm run fuzz`. */
const count = Number(process.env.LAB_FUZZ ?? 300);
/** Milliseconds of processor time, which a busy machine leaves alone, that a reader may take over an input of these sizes. */
const patience = 1000;

type ErrorClass = new (...args: never[]) => Error;

/**
 * Gives a reader many damaged and made-up inputs. It may read them or refuse them with one of its own errors, in a sentence;
 * it may not throw anything else, nor take longer than a second.
 * @param inputs what it is given @param read the reader @param refusals the errors that are answers
 */
export async function fuzz<T>(
  inputs: fc.Arbitrary<T>,
  read: (input: T) => unknown,
  refusals: readonly ErrorClass[],
): Promise<void> {
  let [accepted, refused, slowest] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(inputs, async (input) => {
      const start = process.cpuUsage();
      try {
        await read(input);
        accepted++;
      } catch (error) {
        if (!refusals.some((refusal) => error instanceof refusal)) throw error;
        expect((error as Error).message).toMatch(/^\S.{10,}/s);
        refused++;
      }
      const { user, system } = process.cpuUsage(start);
      const took = (user + system) / 1000;
      slowest = Math.max(slowest, took);
      expect(took).toBeLessThan(patience);
    }),
    { numRuns: count, seed: 1 },
  );
  console.log(`${count} inputs: ${accepted} read, ${refused} refused, the slowest ${slowest.toFixed(1)} ms`);
}

/**
 * A valid file with bytes changed, cut out, doubled or cut off; and now and then bytes of no meaning at all.
 * @param from the first byte that may be changed
 */
export function damaged(file: Uint8Array, from = 0): fc.Arbitrary<Uint8Array> {
  const at = fc.integer({ min: from, max: Math.max(from, file.length - 1) });
  const change = fc.record({ at, value: fc.integer({ min: 0, max: 255 }) });
  const changed = fc.array(change, { minLength: 1, maxLength: 8 }).map((changes) => {
    const copy = file.slice();
    for (const { at, value } of changes) copy[at] = value;
    return copy;
  });
  const cut = at.map((end) => file.slice(0, end));
  const spliced = fc
    .tuple(at, at)
    .map(([a, b]) =>
      Uint8Array.from([...file.subarray(0, Math.max(a, b)), ...file.subarray(Math.min(a, b))]),
    );
  const noise = fc.uint8Array({ maxLength: 400 });
  return fc.oneof({ weight: 4, arbitrary: changed }, cut, spliced, noise);
}
