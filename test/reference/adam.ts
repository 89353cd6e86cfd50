/** Moments of one parameter array. */
interface Moments {
  first: Float64Array;
  second: Float64Array;
}

/**
 * Adam (Kingma and Ba 2015) as PyTorch has it, on arrays of one group whose gradients are clipped together:
 * p -= lr mHat / (sqrt(vHat) + 1e-8), betas 0.9 and 0.999, no weight decay.
 */
export class Adam {
  readonly #moments = new Map<string, Moments>();
  #steps = 0;

  /**
   * Moves `values` in place.
   * @param maxNorm gradients are scaled by min(1, maxNorm / (norm + 1e-6)), as by clip_grad_norm_
   * @returns the norm of all gradients before the clip
   */
  step(
    values: ReadonlyMap<string, Float64Array>,
    gradients: ReadonlyMap<string, ArrayLike<number>>,
    { learningRate, maxNorm }: { learningRate: number; maxNorm: number },
  ): number {
    this.#steps++;
    let squares = 0;
    for (const gradient of gradients.values()) {
      for (let i = 0; i < gradient.length; i++) squares += (gradient[i] as number) ** 2;
    }
    const norm = Math.sqrt(squares);
    const clip = Math.min(1, maxNorm / (norm + 1e-6));
    const [correction1, correction2] = [1 - 0.9 ** this.#steps, 1 - 0.999 ** this.#steps];
    for (const [name, value] of values) {
      const gradient = gradients.get(name);
      if (!gradient) throw new Error(`no gradient of '${name}'`);
      const { first, second } = this.#momentsOf(name, value.length);
      for (let i = 0; i < value.length; i++) {
        const g = clip * (gradient[i] as number);
        first[i] = 0.9 * (first[i] as number) + 0.1 * g;
        second[i] = 0.999 * (second[i] as number) + 0.001 * g * g;
        const denominator = Math.sqrt((second[i] as number) / correction2) + 1e-8;
        value[i] = (value[i] as number) - (learningRate * (first[i] as number)) / correction1 / denominator;
      }
    }
    return norm;
  }

  #momentsOf(name: string, size: number): Moments {
    const moments = this.#moments.get(name) ?? {
      first: new Float64Array(size),
      second: new Float64Array(size),
    };
    this.#moments.set(name, moments);
    return moments;
  }
}

/** Linear warm-up to `learningRate`, then a cosine down to `minLearningRate` over the rest of `steps`. */
export function rateAt(
  step: number,
  schedule: { steps: number; learningRate: number; minLearningRate: number; warmup: number },
): number {
  const { steps, learningRate, minLearningRate, warmup } = schedule;
  if (step < warmup) return (learningRate * (step + 1)) / warmup;
  const done = (step - warmup) / (steps - warmup);
  return minLearningRate + 0.5 * (learningRate - minLearningRate) * (1 + Math.cos(Math.PI * done));
}
