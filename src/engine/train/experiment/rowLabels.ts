import { axisName, ExperimentError, unknownName } from './experimentFile.ts';
import { wholeLabels } from './grid.ts';
import type { ResultRow } from './resultRow.ts';

/** Axes that results without labels of that name still have. */
const fallback: Record<string, string> = {
  data: 'data.source',
  method: 'method.name',
  backbone: 'model.backbone',
  seed: 'train.seed',
};

/** The axes of results, in the order of the experiment. */
export function axesOf(results: readonly ResultRow[]): string[] {
  return [...new Set(results.flatMap(({ labels }) => Object.keys(labels)))];
}

/** The axis of results that is meant: its name, its last part, or one that all results have. @throws ExperimentError */
export function axisOf(axes: readonly string[], name: string): string {
  return axes.includes(name) || !fallback[name] ? axisName(axes, name) : name;
}

/** The label of a row on an axis. */
export function labelOf(row: ResultRow, axis: string): string {
  return row.labels[axis] ?? String(row.config[fallback[axis] ?? axis] ?? '');
}

/** Its labels on several. */
export function labelsOf(row: ResultRow, axes: readonly string[]): string[] {
  return axes.map((axis) => labelOf(row, axis));
}

/**
 * The results with one of the labels named for each axis.
 * @throws ExperimentError on an axis or a label that no row has, or where nothing is left
 */
export function rowsWith(
  results: readonly ResultRow[],
  only: readonly (readonly [axis: string, labels: readonly string[]])[],
): readonly ResultRow[] {
  const axes = axesOf(results);
  let left = results;
  for (const [name, pieces] of only) {
    const axis = axisOf(axes, name);
    const known = [...new Set(results.map((row) => labelOf(row, axis)))];
    const labels = wholeLabels(pieces, known);
    const unknown = labels.find((label) => !known.includes(label));
    if (unknown !== undefined)
      throw new ExperimentError(`axis '${axis}': ${unknownName('label', unknown, known)}`);
    left = left.filter((row) => labels.includes(labelOf(row, axis)));
  }
  if (left.length === 0 && results.length > 0)
    throw new ExperimentError('no result has all the labels of --axis at once');
  return left;
}
