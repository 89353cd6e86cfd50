import { nameOf } from './grid.ts';
import { type Measure, mean, measureNamed, numberAt } from './measures.ts';
import { type ResultRow, valueAt } from './resultRow.ts';

/** A run on the plane of quality against control. NaN is null where it went through JSON. */
export interface PlanePoint {
  label: string;
  /** Its method, as the experiment labels it: what its mark says. */
  group: string;
  /** Its data, as the experiment labels them: runs on other data are no measure for it, and have a plane of their own. */
  data: string;
  /** By the names of {@link PlaneData.x} and {@link PlaneData.y}. */
  values: Record<string, number | null>;
  /** Names of values that the run itself says cannot be trusted. */
  untrusted: string[];
}

/** An axis of the plane. */
export interface PlaneAxis {
  name: string;
  label: string;
  /** Where a good value lies, where one is known. */
  better?: Measure['better'];
  /** The value of real against real by data, where a line can say it; JSON has null for NaN. */
  floors?: Record<string, number | null>;
}

/** Every run of one or several experiments, to be drawn as points. */
export interface PlaneData {
  points: PlanePoint[];
  /** What the points' `data` are, in the order of the runs. */
  data: string[];
  /** Series on each side of the smallest comparison, by data; JSON has null for NaN. */
  comparison: Record<string, number | null>;
  x: PlaneAxis[];
  y: PlaneAxis[];
}

/** What says that z is used. */
const usesOfLatent = ['control', 'swap', 'm0', 'controlSpread'];

/**
 * The plane's points and axes. Quality is a score over its score of real against real, or the AUC of a classifier as it is,
 * whose value for real against real stands near one half.
 */
export function planeData(rows: readonly ResultRow[]): PlaneData {
  const finished = rows.filter(({ evaluation }) => evaluation);
  const x = usesOfLatent.map(measureNamed);
  const y = qualities(finished);
  const data = [...new Set(finished.map(dataOf))];
  const points = finished.map((row): PlanePoint => {
    const { method, ...others } = row.labels;
    const group = method ?? String(row.config['method.name']);
    return {
      label: nameOf({ method: group, ...others }),
      group,
      data: dataOf(row),
      values: Object.fromEntries([
        ...x.map(({ name, path }) => [name, numberAt(row, path)]),
        ...y.map((measure) => [measure.name, qualityOf(row, measure)]),
      ]),
      untrusted: x.flatMap(({ name, trustPath }) =>
        trustPath && valueAt(row, trustPath) === false ? [name] : [],
      ),
    };
  });
  return {
    points,
    data,
    comparison: byData(data, (one) => leastComparison(finished.filter((row) => dataOf(row) === one))),
    x: x.map(({ name, label, unit, better }) => ({
      name,
      label: unit ? `${label} (${unit})` : label,
      better,
    })),
    y: y.map((measure): PlaneAxis => {
      const { name, label } = measure;
      if (!isShare(measure)) return { name, label: `${label} over its floor`, floors: byData(data, () => 1) };
      const floors = byData(data, (one) =>
        mean(
          finished
            .filter((row) => dataOf(row) === one)
            .map((row) => numberAt(row, measure.floorPath as string))
            .filter(Number.isFinite),
        ),
      );
      return { name, label, floors };
    }),
  };
}

function dataOf({ labels, config }: ResultRow): string {
  return labels.data ?? String(config['data.source']);
}

const byData = (data: readonly string[], number: (one: string) => number) =>
  Object.fromEntries(data.map((one) => [one, number(one)]));

function leastComparison(rows: readonly ResultRow[]): number {
  const counts = rows.map((row) => numberAt(row, 'evaluation.counts.comparison')).filter(Number.isFinite);
  return counts.length > 0 ? Math.min(...counts) : Number.NaN;
}

/** Scores of sampled series that these rows have, the classifier's first, then the sliced distances. */
function qualities(rows: readonly ResultRow[]): Measure[] {
  const names = [...new Set(rows.flatMap(({ evaluation }) => Object.keys(evaluation?.scores?.sample ?? {})))];
  const known = names
    .map(measureNamedOrPath)
    .filter(({ better, floorPath }) => better !== 'one' && better !== 'higher' && floorPath);
  return known.sort((a, b) => Number(isShare(b)) - Number(isShare(a)));
}

function measureNamedOrPath(name: string): Measure {
  try {
    return measureNamed(name);
  } catch {
    return measureNamed(`scores.sample.${name}.value`);
  }
}

/** A number that is a share already, and means nothing when divided by its floor. */
function isShare({ name }: Measure): boolean {
  return /auc|accuracy|discriminative/i.test(name);
}

function qualityOf(row: ResultRow, measure: Measure): number {
  const value = numberAt(row, measure.path);
  return isShare(measure) ? value : value / numberAt(row, measure.floorPath as string);
}
