type Words4 = readonly [number, number, number, number];

/**
 * Philox4x32-10 (Salmon et al. 2011): four random words from a counter and a key, the same generator as on the GPU.
 * @param counter four u32 @param key two u32
 */
export function philox4x32(counter: Words4, key: readonly [number, number]): Words4 {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const first = mulHigh(0xcd9e8d57, c2) ^ c1 ^ k0;
    const third = mulHigh(0xd2511f53, c0) ^ c3 ^ k1;
    c1 = Math.imul(0xcd9e8d57, c2);
    c3 = Math.imul(0xd2511f53, c0);
    c0 = first;
    c2 = third;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  return [c0 >>> 0, c1 >>> 0, c2 >>> 0, c3 >>> 0];
}

/** The upper 32 bits of a product of two u32, by halves: no sum of theirs passes 2^32. */
function mulHigh(a: number, b: number): number {
  const [al, ah, bl, bh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const mid = ah * bl + ((al * bl) >>> 16);
  return ah * bh + (mid >>> 16) + ((al * bh + (mid & 0xffff)) >>> 16);
}

/** A reproducible sequence of draws; streams of one seed are independent. */
export class RandomStream {
  readonly #key: readonly [number, number];
  readonly #stream: number;
  #block = 0;
  #words: Words4 = [0, 0, 0, 0];
  /** Of the words of the block, those that were given out. */
  #used = 4;
  #spare?: number;

  /** @param seed up to 2^53 */
  constructor(seed: number, stream = 0) {
    this.#key = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0];
    this.#stream = stream;
  }

  /** Uniform on [0, 1), 32 bits. */
  uniform(): number {
    if (this.#used === 4) {
      const block = this.#block++;
      this.#words = philox4x32([block >>> 0, this.#stream, Math.floor(block / 2 ** 32), 0], this.#key);
      this.#used = 0;
    }
    return (this.#words[this.#used++] as number) / 2 ** 32;
  }

  /** Standard normal, by Box-Muller. */
  normal(): number {
    if (this.#spare !== undefined) {
      const value = this.#spare;
      this.#spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** Uniform on {0, ..., n - 1}. */
  integer(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** A random order of 0..n-1 (Fisher-Yates). */
  permutation(n: number): number[] {
    const order = Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [order[i], order[j]] = [order[j] as number, order[i] as number];
    }
    return order;
  }
}
