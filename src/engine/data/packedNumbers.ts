/** Rows of one block. */
const blockRows = 65_536;
const largestDecimals = 9;

/** (base + offset) / scale for every row; the largest offset of the type stands for NaN. */
interface Decimals {
  base: number;
  scale: number;
  offsets: Uint8Array | Uint16Array | Uint32Array;
  missing: number;
}
type Block = { constant: number } | Decimals | Float64Array;

/**
 * A long column of numbers, appended row by row and read at random; NaN where there is none. Blocks of 65,536 rows are kept
 * as decimals of 1, 2 or 4 bytes where that loses nothing, as with most measurements, and as float64 elsewhere.
 */
export class PackedNumbers {
  readonly #blocks: Block[] = [];
  readonly #open = new Float64Array(blockRows);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    const at = this.#length++ % blockRows;
    this.#open[at] = value;
    if (at === blockRows - 1) this.#blocks.push(pack(this.#open));
  }

  /** Appends NaN until there are so many rows. */
  fill(length: number): void {
    while (this.#length < length) this.push(Number.NaN);
  }

  at(row: number): number {
    const block = this.#blocks[Math.floor(row / blockRows)];
    const place = row % blockRows;
    if (!block) return row < this.#length ? (this.#open[place] as number) : Number.NaN;
    if (block instanceof Float64Array) return block[place] as number;
    if ('constant' in block) return block.constant;
    const offset = block.offsets[place] as number;
    return offset === block.missing ? Number.NaN : (block.base + offset) / block.scale;
  }
}

function pack(values: Float64Array): Block {
  const decimals = decimalsOf(values);
  if (decimals === undefined) return values.slice();
  const scale = 10 ** decimals;
  let [low, high, missing] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const value of values) {
    if (Number.isNaN(value)) {
      missing++;
      continue;
    }
    const whole = Math.round(value * scale);
    // What is a decimal of fewer places must be one of these too.
    if (whole / scale !== value) return values.slice();
    if (whole < low) low = whole;
    if (whole > high) high = whole;
  }
  if (missing === values.length) return { constant: Number.NaN };
  if (low === high && missing === 0) return { constant: low / scale };
  const bits = [8, 16, 32].find((size) => high - low < 2 ** size - 1);
  if (bits === undefined) return values.slice();
  const last = 2 ** bits - 1;
  const OffsetArray = bits === 8 ? Uint8Array : bits === 16 ? Uint16Array : Uint32Array;
  const offsets = new OffsetArray(values.length);
  values.forEach((value, place) => {
    offsets[place] = Number.isNaN(value) ? last : Math.round(value * scale) - low;
  });
  return { base: low, scale, offsets, missing: last };
}

/** Places after the decimal point that all values need; undefined where there are more than nine. */
function decimalsOf(values: Float64Array): number | undefined {
  let decimals = 0;
  let scale = 1;
  for (const value of values) {
    while (!Number.isNaN(value) && Math.round(value * scale) / scale !== value) {
      if (++decimals > largestDecimals) return undefined;
      scale = 10 ** decimals;
    }
  }
  return decimals;
}
