import type { DependenceCurve, LossRow, Progress } from '../../engine/train/protocol.ts';

/** Milliseconds between lines of a log at the start and in the end; between them a twentieth of the time so far. */
const [firstInterval, lastInterval] = [5000, 60_000];

/** The one line that says how far a run is: rewritten on a terminal that can, now and then a new line elsewhere. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  #loss?: LossRow;
  #curve?: DependenceCurve;
  readonly #began = performance.now();
  #printedAt = Number.NEGATIVE_INFINITY;
  #open = false;

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
  }

  losses(rows: readonly LossRow[]): void {
    this.#loss = rows.at(-1) ?? this.#loss;
  }

  dependence(curve: DependenceCurve): void {
    this.#curve = curve;
  }

  progress(progress: Progress): void {
    this.show(progressText(progress, this.#loss, this.#curve));
  }

  /** Shows a line that the next one replaces. */
  show(text: string): void {
    if (this.#stream.isTTY && process.env.TERM !== 'dumb') {
      this.#stream.write(`\r\x1b[2K${text.slice(0, Math.max(20, (this.#stream.columns ?? 80) - 1))}`);
      this.#open = true;
      return;
    }
    const now = performance.now();
    const interval = Math.min(lastInterval, Math.max(firstInterval, (now - this.#began) / 20));
    if (now - this.#printedAt < interval) return;
    this.#printedAt = now;
    this.#stream.write(`${text}\n`);
  }

  /** Writes a line that stays. */
  print(text: string): void {
    this.end();
    this.#stream.write(`${text}\n`);
  }

  /** Ends the line that is being rewritten. */
  end(): void {
    if (this.#open) this.#stream.write('\n');
    this.#open = false;
  }
}

/** `step 1200/3000  12.3 steps/s  loss 23.4 (vi 22.9 cs 0.31 dm 0.98)  m_{24,0} 0.43  1 min 20 s left` */
function progressText(
  { step, steps, stepsPerSecond, secondsLeft, phase }: Progress,
  loss?: LossRow,
  curve?: DependenceCurve,
): string {
  const parts = [`step ${step}/${steps}`];
  if (phase === 'denoiser') parts.push('denoiser alone');
  if (stepsPerSecond > 0) parts.push(`${short(stepsPerSecond)} steps/s`);
  if (loss) parts.push(`loss ${short(loss.total)}${termsText(loss)}`);
  const last = curve?.points.at(-1);
  if (last) parts.push(`m_{${last.position},0} ${short(Math.round(1000 * last.m0) / 1000)}`);
  if (stepsPerSecond > 0) parts.push(`${duration(secondsLeft)} left`);
  return parts.join('  ');
}

/** Seconds in words: `45 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Three significant digits, without an exponent where it can be read without one. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 1e6 || (size > 0 && size < 1e-4)) return value.toExponential(1);
  return size >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

function termsText(loss: LossRow): string {
  const terms = (['vi', 'cs', 'dm', 'kl'] as const).filter(
    (name) => Number.isFinite(loss[name]) && loss[name] !== 0,
  );
  return terms.length > 0 ? ` (${terms.map((name) => `${name} ${short(loss[name])}`).join(' ')})` : '';
}
