import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { ProjectError, type ProjectRun, projectTitle, readProject } from '../../engine/export/project.ts';
import { describedMethod } from '../../engine/methods/descriptions.ts';
import { CheckpointError, readRun } from '../../engine/train/checkpoint.ts';
import { HistoryKeeper } from '../../engine/train/history.ts';
import type { DependenceCurve } from '../../engine/train/protocol.ts';
import type { ReportRun } from '../../engine/train/reportData.ts';
import { stepReached } from '../../engine/train/stepReached.ts';
import { cloudPart, numbers, rounded, samplesPart } from './reportParts.ts';
import { UsageError } from './usageError.ts';

/**
 * Reads every run of a project for a report, and says what a project does not hold.
 * @param named whether the project's name goes in front of those of its runs
 * @throws UsageError where the file is no project, or is damaged
 */
export async function readReportProject(
  path: string,
  named: boolean,
): Promise<{ runs: ReportRun[]; notes: string[] }> {
  const title = projectTitle(basename(path));
  const { runs } = refusing(path, readProject, await readFile(path));
  const lacking =
    runs.length > 0
      ? 'a project holds neither the scores nor the whole matrix of its runs, so they are left out.'
      : 'there are no runs in this project.';
  return {
    runs: runs.map((run) => projectRun(path, run, named ? `${title}: ` : '')),
    notes: [`${title}: ${lacking}`],
  };
}

function projectRun(path: string, { name, dataset, shown, file }: ProjectRun, prefix: string): ReportRun {
  const { config, checkpoint, history } = refusing(`${path}: The run '${name}'`, readRun, file);
  const { rows, curves, samples, clouds } = keptOf(history);
  const [set, cloud] = [samples.at(-1), clouds.at(-1)];
  const named = config.data.features.length === set?.featureSize;
  return {
    label: `${describedMethod(config.method.name).label} (${prefix}${name})`,
    dataset,
    config,
    shown,
    steps: checkpoint?.counters.step ?? stepReached(history),
    ...(named && { features: config.data.features }),
    losses: rows.map(({ step, total, vi, cs, dm, kl, gradNorm, lr }) => [
      step,
      ...numbers([total, vi, cs, dm, kl, gradNorm, lr]),
    ]),
    curves: curves.map(curvePart),
    ...(set && { samples: samplesPart(set) }),
    ...(cloud && { cloud: cloudPart(cloud) }),
    notes: curves.length > 0 ? [] : ['It was not evaluated before it was saved.'],
  };
}

function keptOf(history: ReturnType<typeof readRun>['history']): HistoryKeeper {
  const kept = new HistoryKeeper();
  for (const event of history) kept.add(event);
  return kept;
}

function curvePart({
  step,
  residual,
  quadrature,
  series,
  points,
}: DependenceCurve): ReportRun['curves'][number] {
  return {
    step,
    residual: rounded(residual),
    quadrature,
    series,
    points: points.map((p) => [
      p.position,
      ...numbers([p.m0, p.m0q25, p.m0q75, p.mLocal, p.mLocalQ25, p.mLocalQ75]),
    ]),
  };
}

/** What `read` makes of the bytes. @throws UsageError with the place and the reader's reason */
function refusing<T>(place: string, read: (bytes: Uint8Array) => T, bytes: Uint8Array): T {
  try {
    return read(bytes);
  } catch (error) {
    if (error instanceof ProjectError || error instanceof CheckpointError)
      throw new UsageError(`${place}: ${error.message}`);
    throw error;
  }
}
