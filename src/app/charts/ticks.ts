import { power } from '../format.ts';

/** Position 1, the last, and round positions between: about `most` in all. */
export function positionTicks(last: number, most = 8): number[] {
  if (last <= 1) return [1];
  const unit =
    [1, 2, 4, 5, 8, 10, 16, 20, 25, 50, 100, 200, 250, 500, 1000].find((one) => last / one <= most) ?? last;
  const round = Array.from({ length: Math.floor(last / unit) }, (_, k) => (k + 1) * unit);
  return [...new Set([1, ...round.filter((t) => t - 1 > unit / 2 && last - t >= unit / 2), last])];
}

/** Round numbers inside [low, high], steps of 1, 2 or 5 times a power of ten: about `most` of them. */
export function roundTicks(low: number, high: number, most = 5): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const unit = power * ([1, 2, 5, 10].find((one) => one * power >= rough - 1e-12) ?? 10);
  const first = Math.ceil(low / unit - 1e-9);
  const count = Math.floor(high / unit + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, k) => Number(((first + k) * unit).toPrecision(12)));
}

/** `2·10⁻⁵`, and `10⁻⁵` for a power alone. */
function shortPower(value: number): string {
  return power(value, 0)
    .replaceAll(/\s×\s/g, '·')
    .replace(/^(−?)1·/, '$1');
}

/** A number as a tick or a readout shows it: three figures, a power of ten only where it saves room. */
export function tickText(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-2)) return shortPower(value);
  const text =
    Math.abs(value) >= 1000
      ? value.toLocaleString('en', { maximumFractionDigits: 0 })
      : String(Number(value.toPrecision(3)));
  return text.replace('-', '−');
}

/** The numbers of one axis as ticks show them: with as many figures as tell neighbours apart, as 101,320 from 101,340. */
export function tickTexts(values: readonly number[]): string[] {
  const texts = values.map(tickText);
  const sorted = [...new Set(values)].filter(Number.isFinite).sort((a, b) => a - b);
  if (new Set(texts).size >= new Set(values).size || sorted.length < 2) return texts;
  const apart = Math.min(...sorted.slice(1).map((value, k) => value - (sorted[k] ?? 0)));
  const digits = Math.max(0, Math.ceil(-Math.log10(apart) - 1e-9));
  const largest = Math.max(...sorted.map(Math.abs));
  const figures = Math.floor(Math.log10(largest)) - Math.floor(Math.log10(apart) + 1e-9);
  return values.map((value) => {
    if (!Number.isFinite(value)) return tickText(value);
    const plain = largest < 1e9 && digits <= 6;
    if (!plain) return value === 0 ? '0' : power(value, Math.min(12, figures)).replaceAll(/\s×\s/g, '·');
    const places = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return value.toLocaleString('en', places).replace('-', '−');
  });
}

/** A name along an axis: what has no room is left out of its middle, since its end may be the unit. */
export function axisName(name: string, most: number): string {
  if (name.length <= most) return name;
  const end = Math.floor(most / 3);
  return `${name.slice(0, most - end - 1).trimEnd()}…${name.slice(-end).trimStart()}`;
}
