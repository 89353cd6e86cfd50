import { lengthOf } from '../data/lengths.ts';
import type { WindowSet } from '../data/types.ts';
import type { Gpu } from '../gpu/device.ts';
import { upload } from '../gpu/upload.ts';
import { type DependenceParts, dependenceResidual } from '../metrics/dependence.ts';
import { gaussLegendre } from '../metrics/gaussLegendre.ts';
import type { Between } from '../metrics/types.ts';
import type { recordPlans } from './evaluationPlans.ts';
import type { WindowFeed } from './windowFeed.ts';

const largestQuadrature = 256;

type PathPlans = Pick<ReturnType<typeof recordPlans>, 'x' | 'dependence' | 'readback'>;

/** Windows and what the encoder says of each. */
interface EncodedWindows {
  windows: WindowSet;
  /** [n, Z] */
  latents: Float32Array;
}

/**
 * The dependence along the straight path from zero inputs to the given ones: integrals over it by Gauss-Legendre quadrature, of
 * tangents that the GPU carries forward (integrated gradients, Sundararajan et al. 2017).
 */
export class DependencePath {
  readonly #feed: WindowFeed;
  readonly #plans: PathPlans;

  constructor(feed: WindowFeed, plans: PathPlans) {
    this.#feed = feed;
    this.#plans = plans;
  }

  /**
   * Numerators and denominators of m_{t,0}, m_{t,t-1} and their sum. The number of nodes doubles from `quadrature` up to 256
   * while the residual is above `goal`.
   */
  async curve(
    gpu: Gpu,
    { windows, latents }: EncodedWindows,
    { quadrature, goal }: { quadrature: number; goal: number },
    between?: Between,
  ): Promise<DependenceParts> {
    const seqLen = this.#plans.x.dim(0);
    const size = windows.count * seqLen;
    for (let nodes = quadrature; ; nodes *= 2) {
      const parts: DependenceParts = {
        numeratorGlobal: new Float64Array(size),
        numeratorLocal: new Float64Array(size),
        numeratorSum: new Float64Array(size),
        denominator: new Float64Array(size),
        count: windows.count,
        seqLen,
        reached: Math.max(0, ...Array.from({ length: windows.count }, (_, n) => lengthOf(windows, n))),
        quadrature: nodes,
      };
      await this.#feed.windows(gpu, windows, between, async (start, count) => {
        await this.#open(gpu, { windows, latents }, start, count, parts.denominator);
        const sums = await this.#integrate(gpu, nodes, [0, 1, 0, seqLen], count, between);
        for (let i = 0; i < count * seqLen; i++) {
          if (i % seqLen >= lengthOf(windows, start + Math.floor(i / seqLen))) continue; // padding
          parts.numeratorGlobal[start * seqLen + i] = sums[3 * i] ?? 0;
          parts.numeratorSum[start * seqLen + i] = sums[3 * i + 1] ?? 0;
          parts.numeratorLocal[start * seqLen + i] = sums[3 * i + 2] ?? 0;
        }
      });
      if (nodes >= largestQuadrature || dependenceResidual(parts) <= goal) return parts;
    }
  }

  /** The whole matrix m_{t,j}, row t - 1, column j < t. @returns [n, T, T]; zero where j >= t, in the padding, and where D_t = 0 */
  async matrix(
    gpu: Gpu,
    { windows, latents }: EncodedWindows,
    quadrature: number,
    between?: Between,
  ): Promise<Float32Array> {
    const seqLen = this.#plans.x.dim(0);
    const result = new Float32Array(windows.count * seqLen * seqLen);
    const denominator = new Float64Array(windows.count * seqLen);
    await this.#feed.windows(gpu, windows, between, async (start, count) => {
      await this.#open(gpu, { windows, latents }, start, count, denominator);
      for (let j = 0; j < seqLen; j += 2) {
        const sums = await this.#integrate(gpu, quadrature, [j, j + 1, j + 1, j + 2], count, between);
        for (let n = 0; n < count; n++) {
          for (let t = j; t < seqLen; t++) {
            const row = (start + n) * seqLen + t;
            const scale = denominator[row] ? 1 / (denominator[row] as number) : 0;
            const at = 3 * (n * seqLen + t);
            result[row * seqLen + j] = scale * (sums[at] ?? 0);
            if (t > j) result[row * seqLen + j + 1] = scale * (sums[at + 1] ?? 0);
          }
        }
      }
    });
    return result;
  }

  /** Runs the path plan for the uploaded series and leaves ||D_t||^2 in `denominator` [n, T], 0 in the padding. */
  async #open(
    gpu: Gpu,
    { windows, latents }: EncodedWindows,
    start: number,
    count: number,
    denominator: Float64Array,
  ): Promise<void> {
    this.#feed.latents(gpu, latents, start, count);
    const { path, delta } = this.#plans.dependence;
    path.run(gpu);
    const [seqLen, series, hiddenSize] = delta.shape as [number, number, number];
    const values = await this.#plans.readback.read(gpu, delta);
    for (let n = 0; n < count; n++) {
      for (let t = 0; t < lengthOf(windows, start + n); t++) {
        let sum = 0;
        for (let k = 0; k < hiddenSize; k++) sum += (values[(t * series + n) * hiddenSize + k] ?? 0) ** 2;
        denominator[(start + n) * seqLen + t] = sum;
      }
    }
  }

  /** Weighted sums over the nodes of the three products, [count, T, 3] in float64. */
  async #integrate(
    gpu: Gpu,
    quadrature: number,
    ranges: number[],
    count: number,
    between: Between | undefined,
  ): Promise<Float64Array> {
    const { tangents, points, products } = this.#plans.dependence;
    const [rows, seqLen] = products.shape as [number, number];
    const nodesHere = points.size - 4;
    const series = rows / nodesHere;
    const { nodes, weights } = gaussLegendre(quadrature);
    const sums = new Float64Array(count * seqLen * 3);
    for (let first = 0; first < quadrature; first += nodesHere) {
      await between?.();
      const here = Array.from({ length: nodesHere }, (_, q) => nodes[first + q] ?? 0);
      upload(gpu, points, Float32Array.from([...ranges, ...here]));
      tangents.run(gpu);
      const values = await this.#plans.readback.read(gpu, products);
      for (let q = 0; q < nodesHere && first + q < quadrature; q++) {
        const weight = weights[first + q] ?? 0;
        const offset = q * series * seqLen * 3;
        for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] ?? 0) + weight * (values[offset + i] ?? 0);
      }
    }
    return sums;
  }
}
