/** A size in the largest fitting binary unit, e.g. `12.3 MiB`. */
export function bytes(count: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, count)) / 10));
  const value = count / 1024 ** power;
  return `${power === 0 ? value : value.toFixed(value < 100 ? 1 : 0)} ${units[power]}`;
}

/** A duration for people, e.g. `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A share as whole percents, e.g. `48 %`; the space does not break. A dash where it is no number. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return '–';
  return `${Math.round(100 * share)}\u00a0%`.replace('-', '−');
}

/** A number with its power of ten, e.g. `7.20 × 10⁻⁴`; the spaces do not break. @param digits after the point */
export function power(value: number, digits: number): string {
  if (value === 0) return '0';
  const [mantissa = '', exponent = ''] = value.toExponential(digits).split('e');
  const raised = Array.from(exponent.replace('+', ''), (sign) => superscripts[sign] ?? sign).join('');
  return `${mantissa}\u00a0×\u00a010${raised}`.replace('-', '−');
}

const superscripts: Record<string, string> = Object.fromEntries(
  Array.from('-0123456789', (sign, index) => [sign, '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'[index] as string]),
);

/** A number to three or four figures, powers of ten only where it is very large or small; a minus as print has it. */
export function figure(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '–';
  if (value !== 0 && (Math.abs(value) >= 1e6 || Math.abs(value) < 1e-3)) return power(value, 2);
  const size = Math.abs(value);
  const small = size !== 0 && size < 0.1;
  const text = small
    ? value.toPrecision(3)
    : value.toFixed(Math.max(0, 3 - Math.floor(Math.log10(Math.max(1, size)))));
  return text.replace('-', '−');
}

/** A number beside its standard error, where that is known: both to the second figure of the error. */
export function estimate(value: number, error: number | undefined): string {
  if (!Number.isFinite(value) || error === undefined || !Number.isFinite(error)) return figure(value);
  const digits = 1 - Math.floor(Math.log10(error));
  if (error === 0 || digits > 6) return `${figure(value)} ± ${figure(error)}`;
  const text = (number: number) => number.toFixed(Math.max(0, digits));
  return `${text(value)} ± ${text(error)}`.replace('-', '−');
}

/** A rate, e.g. `41 steps/s`. */
export function rate(stepsPerSecond: number): string {
  return `${stepsPerSecond < 10 ? stepsPerSecond.toFixed(1) : Math.round(stepsPerSecond)} steps/s`;
}

/** A clause as a sentence: a capital in front, a full stop behind. */
export function sentence(clause: string): string {
  const text = clause.charAt(0).toUpperCase() + clause.slice(1);
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
