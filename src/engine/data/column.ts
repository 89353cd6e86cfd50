import { isMissing, parseNumber } from './cells.ts';
import { type NumberStyle, plainStyle } from './numberStyle.ts';
import { PackedNumbers } from './packedNumbers.ts';
import { hasZone, textMilliseconds, timeText } from './times.ts';

/** Different texts of one column that are kept; more are no series' names but free text. */
const mostTexts = 1_000_000;
const cut = '…';
const whole = /^[+-]?\d+$/;

/** What a column is made of, seen as its cells were read. */
export interface ColumnTally {
  /** Cells that hold numbers, and cells that hold nothing. */
  numbers: number;
  missing: number;
  minimum: number;
  maximum: number;
  /** The first row (from 0) with something that is neither a number nor, in a column of times, a time. */
  oddRow?: number;
  /** Every value is the same, or there is none. */
  constant: boolean;
}

/**
 * One column of a table, in typed arrays: numbers packed, texts by a dictionary, times as milliseconds. Rows count from 0.
 * @param isTime whether its cells are dates @param style how its numbers are written
 */
export class Column {
  readonly tally: ColumnTally = {
    numbers: 0,
    missing: 0,
    minimum: Number.POSITIVE_INFINITY,
    maximum: Number.NEGATIVE_INFINITY,
    constant: true,
  };
  readonly #numbers = new PackedNumbers();
  /** Place of each row's text in `#texts`; absent while there is none. */
  #codes?: PackedNumbers;
  readonly #texts: string[] = [];
  readonly #codeOf = new Map<string, number>();
  #first: string | number | undefined;
  /** A cell of a column of times, for the style in which they are written. */
  #timeStyle = '';
  /** Whether its times are written with their zone. */
  #zoned?: boolean;

  constructor(
    readonly name: string,
    readonly isTime: boolean,
    readonly style: NumberStyle = plainStyle,
  ) {}

  get length(): number {
    return this.#numbers.length;
  }

  /** Appends a cell as it stands in a file. */
  push(cell: string): void {
    if (cell === '' || isMissing(cell)) {
      this.pushMissing();
      return;
    }
    const milliseconds = this.isTime ? textMilliseconds(cell) : undefined;
    if (milliseconds !== undefined) {
      if (this.#timeStyle === '') this.#timeStyle = copied(cell);
      const zoned = hasZone(cell);
      this.#zoned ??= zoned;
      // Which hours a time without a zone is off the others is not known.
      if (zoned === this.#zoned) this.pushTime(milliseconds);
      else this.pushText(cell);
      return;
    }
    const value = this.isTime ? undefined : parseNumber(cell, this.style);
    if (value === undefined) this.pushText(cell);
    else {
      if (Math.abs(value) > Number.MAX_SAFE_INTEGER && whole.test(cell)) this.#keepText(cell);
      this.pushNumber(value);
    }
  }

  pushMissing(): void {
    this.tally.missing++;
    this.#numbers.push(Number.NaN);
  }

  /** @param value finite, else it is missing */
  pushNumber(value: number): void {
    if (!Number.isFinite(value)) {
      this.pushMissing();
      return;
    }
    const { tally } = this;
    tally.numbers++;
    if (value < tally.minimum) tally.minimum = value;
    if (value > tally.maximum) tally.maximum = value;
    this.#see(value);
    this.#numbers.push(value);
  }

  /** @param milliseconds since 1970; of a column of times alone */
  pushTime(milliseconds: number): void {
    this.tally.oddRow ??= this.length;
    this.#see(milliseconds);
    this.#numbers.push(milliseconds);
  }

  /** A date of a file that has dates of its own; text in a column that is none of times. */
  pushDate(date: Date): void {
    if (Number.isNaN(date.getTime())) this.pushMissing();
    else if (!this.isTime) this.pushText(date.toISOString());
    else {
      if (this.#timeStyle === '') this.#timeStyle = date.toISOString();
      this.pushTime(date.getTime());
    }
  }

  pushText(cell: string): void {
    this.tally.oddRow ??= this.length;
    this.#see(cell);
    this.#keepText(cell);
    this.#numbers.push(Number.NaN);
  }

  /** Of the row that comes next. */
  #keepText(cell: string): void {
    this.#codes ??= new PackedNumbers();
    this.#codes.fill(this.length);
    this.#codes.push(this.#codeFor(cell));
  }

  /** The number in a row; NaN where there is none. */
  number(row: number): number {
    return this.isTime ? Number.NaN : this.#numbers.at(row);
  }

  /** Milliseconds since 1970 in a row of a column of times; NaN where there is none. */
  milliseconds(row: number): number {
    return this.isTime ? this.#numbers.at(row) : Number.NaN;
  }

  /** What tells rows of one series from those of another: a number, a text, or undefined where the cell is missing. */
  key(row: number): number | string | undefined {
    const value = this.#numbers.at(row);
    if (Number.isNaN(value)) return this.#text(row);
    // Whole numbers that float64 cannot tell apart are told by their digits.
    return Math.abs(value) > Number.MAX_SAFE_INTEGER ? (this.#text(row) ?? value) : value;
  }

  /** A cell as text; '' where it is missing. Numbers are written the shortest way, times as the file writes its first. */
  text(row: number): string {
    const key = this.key(row) ?? '';
    return this.isTime && typeof key === 'number' ? timeText(key, this.#timeStyle) : String(key);
  }

  #text(row: number): string | undefined {
    const code = this.#codes?.at(row) ?? Number.NaN;
    return Number.isNaN(code) ? undefined : this.#texts[code];
  }

  #codeFor(cell: string): number {
    const known = this.#codeOf.get(cell);
    if (known !== undefined) return known;
    const text = this.#texts.length < mostTexts ? copied(cell) : cut;
    const code = this.#codeOf.get(text) ?? this.#texts.push(text) - 1;
    this.#codeOf.set(text, code);
    return code;
  }

  #see(value: string | number): void {
    if (this.#first === undefined) this.#first = typeof value === 'string' ? copied(value) : value;
    else if (value !== this.#first) this.tally.constant = false;
  }
}

/** The text by itself: a part of a longer string would keep all of that in memory. */
function copied(text: string): string {
  return text.length < 13 ? text : JSON.parse(JSON.stringify(text));
}
