/** What is measured; every contestant does the same mathematics. */
export interface Workload {
  name: string;
  what: string;
  /** Sizes: B batch, T positions, D features, H hidden, Z latent. */
  B: number;
  T: number;
  D: number;
  H: number;
  Z: number;
}

export const workloads: readonly Workload[] = [
  { name: 'W2', what: 'LSTM forward', B: 64, T: 48, D: 8, H: 64, Z: 16 },
  { name: 'W3', what: 'LSTM autoencoder, training step', B: 64, T: 48, D: 8, H: 64, Z: 16 },
  { name: 'W4', what: 'LSTM autoencoder, training step', B: 64, T: 96, D: 8, H: 128, Z: 16 },
  { name: 'W5', what: '1000 DDPM steps, MLP of width 128', B: 256, T: 1000, D: 0, H: 128, Z: 16 },
];

/** A contestant's program for one workload: `step` does one unit of work, `finish` waits for the device. */
export interface Program {
  step(): void | Promise<void>;
  /** The same for several units at once, where the contestant can put them in one submit. */
  steps?(count: number): void;
  finish(): Promise<void>;
  /** Loss after the steps done, where the workload has one: contestants must agree that it falls. */
  loss?(): Promise<number>;
}

export interface Row {
  contestant: string;
  workload: string;
  adapter: string;
  firstStepSeconds: number;
  wallMilliseconds: number;
  cpuMilliseconds: number;
  dispatches: number;
  submits: number;
  peakBytes: number;
  steps: number;
  loss?: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
