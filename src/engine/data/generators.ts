import { RandomStream } from './random.ts';
import type { Series, SeriesSet } from './types.ts';

/** A data set by formula. */
interface Generator {
  features: string[];
  seqLen: number;
  /** Series when the config does not say. */
  count: number;
  /** One series, [seqLen, D] row-major. */
  draw(random: RandomStream, seqLen: number): number[];
}

const turn = 2 * Math.PI;

const generators: Record<string, Generator> = {
  // x_t = a [t >= tau] + 0.3 eps_t, a = -1.5 or 1.5, tau uniform on {T/4, ..., 3T/4 - 1}: the sign is revealed once.
  reveal: {
    features: ['x'],
    seqLen: 32,
    count: 3500,
    draw(random, seqLen) {
      const amplitude = random.integer(2) === 0 ? -1.5 : 1.5;
      const tau = Math.floor(seqLen / 4) + random.integer(Math.floor(seqLen / 2));
      return Array.from({ length: seqLen }, (_, t) => (t >= tau ? amplitude : 0) + 0.3 * random.normal());
    },
  },
  // x = (sin, cos)(2 pi f t / T + phi) + 0.7 eps, f ~ U(1, 4), phi ~ U(0, 2 pi).
  tone: {
    features: ['sin', 'cos'],
    seqLen: 32,
    count: 3500,
    draw(random, seqLen) {
      const [frequency, phase] = [1 + 3 * random.uniform(), turn * random.uniform()];
      return Array.from({ length: seqLen }, (_, t) => {
        const angle = (turn * frequency * t) / seqLen + phase;
        return [Math.sin(angle) + 0.7 * random.normal(), Math.cos(angle) + 0.7 * random.normal()];
      }).flat();
    },
  },
  // Each feature a sine of its own frequency U(1, 5), phase U(0, 2 pi) and amplitude U(0.5, 1.5).
  sines: {
    features: ['x1', 'x2', 'x3', 'x4', 'x5'],
    seqLen: 24,
    count: 3000,
    draw(random, seqLen) {
      const waves = Array.from({ length: 5 }, () => [
        1 + 4 * random.uniform(),
        turn * random.uniform(),
        0.5 + random.uniform(),
      ]);
      return Array.from({ length: seqLen }, (_, t) =>
        waves.map(
          ([f = 0, phase = 0, amplitude = 0]) => amplitude * Math.sin((turn * f * t) / seqLen + phase),
        ),
      ).flat();
    },
  },
  // x_t = 0.8 x_{t-1} + 0.6 eps_t, stationary: variance 1 from the start.
  ar1: {
    features: ['x'],
    seqLen: 32,
    count: 3000,
    draw(random, seqLen) {
      let x = random.normal();
      return Array.from({ length: seqLen }, () => {
        const value = x;
        x = 0.8 * x + 0.6 * random.normal();
        return value;
      });
    },
  },
};

export const generatorNames: readonly string[] = Object.keys(generators);

/** Series length a generator makes unless told otherwise. */
export function generatorLength(name: string): number | undefined {
  return generators[name]?.seqLen;
}

/** How many series, and of how many positions; a generator's own numbers where they are left out. */
interface Size {
  count?: number | null;
  seqLen?: number;
}

/**
 * What `generate` would draw, without drawing it.
 * @throws RangeError naming the generators there are
 */
export function generatedSize(
  name: string,
  { count, seqLen }: Size,
): { features: string[]; count: number; seqLen: number } {
  const generator = generatorNamed(name);
  return {
    features: [...generator.features],
    count: count ?? generator.count,
    seqLen: seqLen ?? generator.seqLen,
  };
}

/**
 * Draws series by formula; the same seed gives the same set.
 * @throws RangeError naming the generators there are
 */
export function generate(name: string, options: Size & { seed: number }): SeriesSet {
  const { features, count, seqLen } = generatedSize(name, options);
  const { draw } = generatorNamed(name);
  const random = new RandomStream(options.seed, 1);
  const series: Series[] = Array.from({ length: count }, (_, n) => {
    const values = Float64Array.from(draw(random, seqLen));
    return { id: String(n), length: seqLen, values, mask: new Uint8Array(values.length).fill(1) };
  });
  return { features, series };
}

function generatorNamed(name: string): Generator {
  const generator = generators[name];
  if (!generator) throw new RangeError(`no generator '${name}'; there are ${generatorNames.join(', ')}`);
  return generator;
}
