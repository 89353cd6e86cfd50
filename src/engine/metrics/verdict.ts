import { type Estimate, lateOf, type PerStep } from './likelihood.ts';
import type { SetDistance } from './setDistance.ts';

/** Nats per step lost when held-out series exchange their latents, and when the latents are standard normal noise. */
export interface LatentUse {
  swap: PerStep;
  noise: PerStep;
}

/** The numbers of a probe that its verdict rests on. */
export type ProbeNumbers =
  | { probe: 'swap'; use: LatentUse }
  | { probe: 'zero'; use: LatentUse; lost: PerStep }
  | { probe: 'prior'; use: LatentUse; distances: Readonly<Record<'noise-not-fed-back', SetDistance>> }
  | { probe: 'shuffle'; ordered: LastThird; shuffled: LastThird };

interface LastThird {
  /** Mean of m_{t,t-1} over the last third. */
  mLocal: number;
}

export type Finding =
  /** Which latent a series has matters. */
  | 'content'
  /** It matters a little. */
  | 'faint'
  /** Only whether it is a real latent at all matters. */
  | 'flag'
  /** Nothing about it matters. */
  | 'ignored'
  /** Series from N(0, I) and from the diffusion cannot be told apart, or can. */
  | 'same'
  | 'different'
  /** The decoder depends on the last value of a series that has no order, or does not. */
  | 'invented'
  | 'not-invented'
  /** What was measured differs so much between series that it could be any of these. */
  | 'unclear'
  /** There was too little to measure. */
  | 'unknown';

export interface Verdict {
  finding: Finding;
  /** In plain language, with the numbers. */
  sentence: string;
}

/** Thresholds of the verdicts; numbers between them are told, and called faint. */
const thresholds = {
  /** Nats per step from which a loss is a part of what the model knows. Collapsed models lost 0.02 to 0.28, others 6 to 9. */
  strong: 0.5,
  /** Nats per step below which a loss is taken for chance. */
  chance: 0.05,
  /** A flag: noise costs this many times what an exchange costs. */
  flagRatio: 10,
  /** Two sets are the same up to this multiple of the distance between halves of one set. */
  sameRatio: 1.5,
  /** m_{t,t-1} on shuffled positions from which it is invented. Posterior-stable models had 0.02, collapsed ones 0.1 to 0.2. */
  invented: 0.05,
} as const;

/** What a probe's numbers say of the latent (docs/dependence.md, What stands beside it). */
export function verdict(result: ProbeNumbers): Verdict {
  switch (result.probe) {
    case 'swap':
      return verdictOnUse(result.use);
    case 'zero':
      return verdictOnZero(result.use, result.lost);
    case 'prior':
      return verdictOnPrior(result.use, result.distances['noise-not-fed-back']);
    case 'shuffle':
      return verdictOnShuffle(result.ordered.mLocal, result.shuffled.mLocal);
  }
}

/** Content, flag or nothing, judged on the last third, where the past could say the same; on all positions where it is empty. */
export function findingOf({ swap, noise }: LatentUse): Finding {
  const [exchanged, replaced] = [lateOf(swap), lateOf(noise)];
  if (Number.isNaN(exchanged.value) || Number.isNaN(replaced.value)) return 'unknown';
  // Two standard errors that hide a strong loss, or make one, say nothing: a few series may outweigh all others.
  const margin = 2 * exchanged.error;
  if (margin >= thresholds.strong && exchanged.value < margin) return 'unclear';
  if (exchanged.value >= thresholds.strong) return 'content';
  const flagged = replaced.value >= Math.max(thresholds.strong, thresholds.flagRatio * exchanged.value);
  if (flagged) return replaced.value < 2 * replaced.error ? 'unclear' : 'flag';
  return exchanged.value < thresholds.chance ? 'ignored' : 'faint';
}

function verdictOnUse(use: LatentUse): Verdict {
  const finding = findingOf(use);
  const costs = `${placeOf(use.swap)} exchanging latents costs ${nats(lateOf(use.swap))}, replacing them by noise ${nats(lateOf(use.noise))}`;
  const sentences: Partial<Record<Finding, string>> = {
    content: `The decoder reads what is in z: ${costs}.`,
    flag: `The decoder reads from z little more than that it is a real one, not which: ${costs}.`,
    ignored: `The decoder ignores z: ${costs}.`,
    faint: `The decoder reads little in z: ${costs}.`,
    unclear: `Whether the decoder reads z cannot be told from these windows, a few of which outweigh the others: ${costs}.`,
  };
  return { finding, sentence: sentences[finding] ?? unknown };
}

function verdictOnZero(use: LatentUse, lost: PerStep): Verdict {
  const { finding, sentence } = verdictOnUse(use);
  if (finding === 'unknown') return { finding, sentence };
  const without = `Without z (z = 0) the model loses ${nats(lateOf(lost))} ${placeOf(lost)}.`;
  return { finding, sentence: `${without} ${sentence}` };
}

function verdictOnPrior(use: LatentUse, { between, floor }: SetDistance): Verdict {
  if (Number.isNaN(between) || Number.isNaN(floor)) return { finding: 'unknown', sentence: unknown };
  const numbers = `sliced Wasserstein ${between.toPrecision(2)} between them, ${floor.toPrecision(2)} between halves of one set, noise not fed back`;
  if (between > thresholds.sameRatio * floor) {
    return {
      finding: 'different',
      sentence: `Series from z ~ N(0, I) differ from those of the diffusion (${numbers}): the decoder tells the two kinds of latents apart.`,
    };
  }
  const reads = findingOf(use);
  const why =
    reads === 'content'
      ? 'z has content, so its distribution must be near N(0, I)'
      : 'the diffusion adds nothing, as with a collapsed posterior';
  return {
    finding: 'same',
    sentence: `Series from z ~ N(0, I) are those of the diffusion, up to chance (${numbers}): ${why}.`,
  };
}

function verdictOnShuffle(ordered: number, shuffled: number): Verdict {
  if (Number.isNaN(shuffled)) return { finding: 'unknown', sentence: unknown };
  const [taken, before] = [`${percent(shuffled)} from it in the last third`, `${percent(ordered)} in order`];
  const where = 'On shuffled positions, where the last value tells no more than any other,';
  return shuffled >= thresholds.invented
    ? {
        finding: 'invented',
        sentence: `${where} the decoder still takes ${taken} (${before}): that dependence is invented.`,
      }
    : {
        finding: 'not-invented',
        sentence: `${where} the decoder takes ${taken} (${before}): it invents no dependence.`,
      };
}

/** Where `lateOf` measures. */
const placeOf = ({ lastThird }: PerStep) =>
  Number.isNaN(lastThird) ? 'over all positions' : 'in the last third';

const unknown = 'There are too few held-out windows to say.';

function nats({ value, error }: Estimate): string {
  const digits = Math.abs(value) < 10 ? 2 : 0;
  const text = (number: number) => (Math.abs(number) < 0.005 ? 0 : number).toFixed(digits).replace('-', '−');
  return `${text(value)}${error > 0 ? ` ± ${text(error)}` : ''} nats a step`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)}\u00a0%`.replace('-', '−'); // never broken over two lines
}
