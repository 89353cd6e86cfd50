/** A noise schedule in float64; index 0 is the clean end: alphaBar[0] = 1. */
export interface Schedule {
  /** L, the number of timesteps. */
  numTimesteps: number;
  /** beta[i], i = 1..L; beta[0] = 0. */
  beta: Float64Array;
  /** alphaBar[i] = prod over j <= i of (1 - beta[j]), i = 0..L. */
  alphaBar: Float64Array;
}

export interface ScheduleOptions {
  numTimesteps: number;
  schedule: 'linear' | 'cosine';
  betaStart: number;
  betaEnd: number;
}

/** Linear betas (Ho et al. 2020) or the cosine alphaBar (Nichol and Dhariwal 2021, equation 17). */
export function createSchedule({ numTimesteps, schedule, betaStart, betaEnd }: ScheduleOptions): Schedule {
  const beta = new Float64Array(numTimesteps + 1);
  const alphaBar = new Float64Array(numTimesteps + 1).fill(1);
  const cosine = (i: number) => Math.cos(((i / numTimesteps + 0.008) / 1.008) * (Math.PI / 2)) ** 2;
  for (let i = 1; i <= numTimesteps; i++) {
    beta[i] =
      schedule === 'linear'
        ? betaStart + ((betaEnd - betaStart) * (i - 1)) / Math.max(1, numTimesteps - 1)
        : Math.min(0.999, 1 - cosine(i) / cosine(i - 1));
    alphaBar[i] = at(alphaBar, i - 1) * (1 - at(beta, i));
  }
  return { numTimesteps, beta, alphaBar };
}

/** The timestep whose alphaBar, which falls, is nearest to this share of the signal. */
export function timestepAt(alphaBar: Float64Array, signal: number): number {
  let nearest = 0;
  for (let i = 1; i < alphaBar.length; i++) {
    const gap = Math.abs((alphaBar[i] as number) - signal);
    if (gap < Math.abs((alphaBar[nearest] as number) - signal)) nearest = i;
  }
  return nearest;
}

/** Pairs (sqrt(alphaBar), sqrt(1 - alphaBar)) for i = 0..L, as the kernels read them. */
export function qSampleTable({ alphaBar }: Schedule): Float32Array {
  return Float32Array.from({ length: alphaBar.length * 2 }, (_, i) => {
    const value = at(alphaBar, i >> 1);
    return Math.sqrt(i % 2 === 0 ? value : 1 - value);
  });
}

/**
 * Rows [sin(i f_j), cos(i f_j)], f_j = 10000^(-j / half), of the given timesteps (Vaswani et al. 2017): a table in float64,
 * since f32 sines of angles up to 1000 lose digits, and how many depends on the adapter.
 * @returns [timesteps, width]
 */
export function timeEmbedding(timesteps: readonly number[], width: number): Float32Array {
  const half = width / 2;
  return Float32Array.from({ length: timesteps.length * width }, (_, at) => {
    const column = at % width;
    const angle = (timesteps[Math.floor(at / width)] as number) * 10_000 ** (-(column % half) / half);
    return column < half ? Math.sin(angle) : Math.cos(angle);
  });
}

/** One reverse step: z <- a z + b epsilonHat(z, timestep) + s noise. */
export interface ReverseStep {
  timestep: number;
  a: number;
  b: number;
  s: number;
}

/** DDPM ancestral sampling, all L steps (Ho et al. 2020, algorithm 2, with the posterior variance). */
export function ddpmSteps({ numTimesteps, beta, alphaBar }: Schedule): ReverseStep[] {
  return Array.from({ length: numTimesteps }, (_, k) => {
    const timestep = numTimesteps - k;
    const [b, bar, before] = [at(beta, timestep), at(alphaBar, timestep), at(alphaBar, timestep - 1)];
    const scale = 1 / Math.sqrt(1 - b);
    const variance = ((1 - before) / (1 - bar)) * b;
    return { timestep, a: scale, b: (-scale * b) / Math.sqrt(1 - bar), s: Math.sqrt(variance) };
  });
}

/** DDIM with eta = 0 over `steps` evenly spaced timesteps (Song et al. 2021, equation 12). */
export function ddimSteps({ numTimesteps, alphaBar }: Schedule, steps: number): ReverseStep[] {
  const count = Math.min(steps, numTimesteps);
  const timestepAt = (k: number) => Math.round((numTimesteps * (count - k)) / count);
  return Array.from({ length: count }, (_, k) => {
    const timestep = timestepAt(k);
    const [bar, before] = [at(alphaBar, timestep), at(alphaBar, timestepAt(k + 1))];
    const a = Math.sqrt(before / bar);
    return { timestep, a, b: Math.sqrt(1 - before) - a * Math.sqrt(1 - bar), s: 0 };
  });
}

/**
 * Whether there is a diffusion, and its reverse can be computed in single precision: not where a step of DDPM adds no noise, where
 * the last one leaves no signal, or where so few steps must undo so much noise that a coefficient overflows.
 * @param sampler with its number of steps
 */
export function canReverse(
  options: ScheduleOptions,
  { sampler, sampleSteps }: { sampler: 'ddim' | 'ddpm'; sampleSteps: number },
): boolean {
  const schedule = createSchedule(options);
  const steps = sampler === 'ddpm' ? ddpmSteps(schedule) : ddimSteps(schedule, sampleSteps);
  const finite = steps.every(({ a, b, s }) =>
    [a, b, s].every((value) => Number.isFinite(Math.fround(value))),
  );
  return finite && at(schedule.alphaBar, options.numTimesteps) < 1;
}

function at(values: Float64Array, index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`timestep ${index} is outside 0..${values.length - 1}`);
  return value;
}
