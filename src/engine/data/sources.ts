/** A built-in data set. */
export interface DataSource {
  name: string;
  title: string;
  /** One sentence on what is in it. */
  summary: string;
  kind: 'generator' | 'sample';
  source: string;
  licence: string;
  /** Of a sample: its file under public/. */
  path?: string;
  /** Window that suits it. */
  window: number;
}

const formula = { kind: 'generator', source: 'by formula', licence: 'none needed' } as const;
const noaa = {
  kind: 'sample',
  source: 'NOAA, through vega-datasets',
  licence: 'U.S. Government data set',
} as const;

/** Every built-in name that `data.source` understands. */
export const sources: readonly DataSource[] = [
  {
    name: 'reveal',
    title: 'Reveal',
    summary: 'Noise that steps up or down, once, at a random moment: the sign is unknowable before it.',
    window: 32,
    ...formula,
  },
  {
    name: 'tone',
    title: 'Tone',
    summary: 'A noisy circular motion of one frequency and phase for the whole series.',
    window: 32,
    ...formula,
  },
  {
    name: 'sines',
    title: 'Sines',
    summary: 'Five sines, each with its own frequency, phase and amplitude.',
    window: 24,
    ...formula,
  },
  {
    name: 'ar1',
    title: 'AR(1)',
    summary: 'A first-order autoregression: nothing global to encode, the control experiment.',
    window: 32,
    ...formula,
  },
  {
    name: 'seattle-weather',
    title: 'Seattle weather, daily',
    summary: 'Precipitation, highest and lowest temperature and wind, four years of days.',
    path: 'samples/seattle-weather.csv',
    window: 24,
    ...noaa,
  },
  {
    name: 'seattle-hourly',
    title: 'Seattle weather, hourly normals',
    summary: 'Pressure, temperature and wind, the usual course of every day of a year.',
    path: 'samples/seattle-weather-hourly-normals.csv',
    window: 24,
    ...noaa,
  },
];

/** The built-in data set of that name. */
export function sourceByName(name: string): DataSource | undefined {
  return sources.find((source) => source.name === name);
}
