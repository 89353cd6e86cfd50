/**
 * Float64 scalars that remember how they were made: a reference is written once, as its formula, and gives the value, the
 * gradient of any sum of outputs (reverse mode) and the tangent along any direction (forward mode).
 */
export class Scalar {
  static #made = 0;
  static #passes = 0;
  gradient = 0;
  /** Whatever this was made from has a smaller number. */
  readonly #number = Scalar.#made++;
  /** The last backward pass that came here. */
  #pass = 0;

  /** @param slopes the derivative of this by each of its parents */
  constructor(
    readonly value: number,
    readonly tangent = 0,
    readonly parents: readonly Scalar[] = [],
    readonly slopes: readonly number[] = [],
  ) {}

  #unary(value: number, slope: number): Scalar {
    return new Scalar(value, slope * this.tangent, [this], [slope]);
  }

  plus(other: Scalar | number): Scalar {
    if (typeof other === 'number') return this.#unary(this.value + other, 1);
    return new Scalar(this.value + other.value, this.tangent + other.tangent, [this, other], [1, 1]);
  }

  minus(other: Scalar | number): Scalar {
    return this.plus(typeof other === 'number' ? -other : other.times(-1));
  }

  times(other: Scalar | number): Scalar {
    if (typeof other === 'number') return this.#unary(this.value * other, other);
    return dot([this], [other]);
  }

  dividedBy(other: Scalar | number): Scalar {
    return typeof other === 'number' ? this.times(1 / other) : this.times(other.power(-1));
  }

  power(exponent: number): Scalar {
    return this.#unary(this.value ** exponent, exponent * this.value ** (exponent - 1));
  }

  exp(): Scalar {
    return this.#unary(Math.exp(this.value), Math.exp(this.value));
  }

  log(): Scalar {
    return this.#unary(Math.log(this.value), 1 / this.value);
  }

  tanh(): Scalar {
    const value = Math.tanh(this.value);
    return this.#unary(value, 1 - value * value);
  }

  sigmoid(): Scalar {
    const value = 1 / (1 + Math.exp(-this.value));
    return this.#unary(value, value * (1 - value));
  }

  softplus(): Scalar {
    const { value } = this;
    return this.#unary(
      Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value))),
      1 / (1 + Math.exp(-value)),
    );
  }

  silu(): Scalar {
    return this.times(this.sigmoid());
  }

  /** x Phi(x); Phi(x) = 1/2 + phi(x) (x + x^3 / 3 + x^5 / 15 + ...), Marsaglia 2004. */
  gelu(): Scalar {
    const density = Math.exp(-0.5 * this.value ** 2) / Math.sqrt(2 * Math.PI);
    let [term, series] = [this.value, this.value];
    for (let n = 3; Math.abs(term) > 1e-17 * Math.abs(series); n += 2) {
      term *= this.value ** 2 / n;
      series += term;
    }
    const distribution = 0.5 + density * series;
    return this.#unary(this.value * distribution, distribution + this.value * density);
  }

  positivePart(): Scalar {
    return this.#unary(Math.max(0, this.value), this.value > 0 ? 1 : 0);
  }

  /** Adds `seed` times the gradient of this scalar to everything it was made from. */
  backward(seed = 1): void {
    const made = this.#madeFrom();
    for (const node of made) if (node.parents.length > 0) node.gradient = 0;
    this.gradient += seed;
    for (const { parents, slopes, gradient } of made) {
      for (let i = 0; i < parents.length; i++)
        (parents[i] as Scalar).gradient += (slopes[i] as number) * gradient;
    }
  }

  /** This and everything it was made from, the latest first: each comes before its parents. */
  #madeFrom(): Scalar[] {
    const pass = ++Scalar.#passes;
    const found: Scalar[] = [this];
    this.#pass = pass;
    for (let n = 0; n < found.length; n++) {
      for (const parent of (found[n] as Scalar).parents) {
        if (parent.#pass === pass) continue;
        parent.#pass = pass;
        found.push(parent);
      }
    }
    return found.sort((a, b) => b.#number - a.#number);
  }
}

/** A row-major array of scalars. */
export class Scalars {
  constructor(
    readonly shape: readonly number[],
    readonly items: readonly Scalar[],
  ) {}

  static of(shape: readonly number[], values: ArrayLike<number>, tangents?: ArrayLike<number>): Scalars {
    return new Scalars(
      shape,
      Array.from(values, (value, i) => new Scalar(value, tangents?.[i] ?? 0)),
    );
  }

  static make(shape: readonly number[], item: (...index: number[]) => Scalar): Scalars {
    const size = shape.reduce((product, length) => product * length, 1);
    return new Scalars(
      shape,
      Array.from({ length: size }, (_, flat) => {
        const index: number[] = [];
        let rest = flat;
        for (const length of [...shape].reverse()) {
          index.unshift(rest % length);
          rest = Math.floor(rest / length);
        }
        return item(...index);
      }),
    );
  }

  at(...index: number[]): Scalar {
    const flat = index.reduce((sum, i, axis) => sum * (this.shape[axis] as number) + i, 0);
    return this.items[flat] as Scalar;
  }

  get values(): number[] {
    return this.items.map(({ value }) => value);
  }

  get gradients(): number[] {
    return this.items.map(({ gradient }) => gradient);
  }

  get tangents(): number[] {
    return this.items.map(({ tangent }) => tangent);
  }

  /** Gradients, everywhere, of the sum of items times `seeds`. */
  backward(seeds: ArrayLike<number>): void {
    sum(this.items.map((item, i) => item.times(seeds[i] as number))).backward();
  }
}

export function sum(items: readonly Scalar[]): Scalar {
  const total = items.reduce((value, item) => value + item.value, 0);
  const tangent = items.reduce((value, item) => value + item.tangent, 0);
  return new Scalar(total, tangent, items, new Array<number>(items.length).fill(1));
}

/** The sum of products, pair by pair. */
export function dot(a: readonly Scalar[], b: readonly Scalar[]): Scalar {
  let [value, tangent] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as Scalar, b[i] as Scalar];
    value += x.value * y.value;
    tangent += x.tangent * y.value + x.value * y.tangent;
  }
  const valuesOf = (items: readonly Scalar[]) => items.map((item) => item.value);
  return new Scalar(value, tangent, [...a, ...b], [...valuesOf(b), ...valuesOf(a)]);
}
