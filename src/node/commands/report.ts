import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { instead } from '../../engine/export/nearestName.ts';
import { projectTitle } from '../../engine/export/project.ts';
import { type PlaneData, planeData } from '../../engine/train/experiment/plane.ts';
import { mergeRows } from '../../engine/train/experiment/resultRow.ts';
import { rowsWith } from '../../engine/train/experiment/rowLabels.ts';
import type { ReportData, ReportRun } from '../../engine/train/reportData.ts';
import { axesGiven, axisFlag } from './axisFlag.ts';
import type { Command } from './command.ts';
import { flagValue, type Given, requiredFlag, valuesOf } from './flags.ts';
import { placedRuns, planeSvg } from './planeSvg.ts';
import { reportPage } from './reportPage.ts';
import { readReportProject } from './reportProject.ts';
import { readReportRun } from './reportRun.ts';
import { readRows } from './resultsFile.ts';
import { UsageError } from './usageError.ts';
import { version } from './version.ts';
import { writeWhole } from './wholeFile.ts';

export const report: Command = {
  name: 'report',
  summary: "Write runs and experiments down as one HTML file with the page's own charts, or as an SVG.",
  example: 'npm run lab -- report --run runs/a --run runs/b --results results/table1.jsonl --out report.html',
  flags: [
    {
      name: 'run',
      value: 'PATH',
      many: true,
      help: 'folder of a run, or a project of the page with all its runs; may be repeated',
    },
    {
      name: 'results',
      value: 'FILE',
      many: true,
      help: 'results of an experiment, for the plane of all its runs',
    },
    { ...axisFlag, help: 'of --results: only these labels of an axis; may be repeated' },
    { name: 'title', value: 'TEXT', help: 'of the report; the names of the runs if absent' },
    { name: 'out', value: 'FILE', help: 'a .html file; or a .svg file: the plane of --results alone' },
    { name: 'x', value: 'NAME', help: 'of the .svg alone: what says that z is used; control if absent' },
    {
      name: 'y',
      value: 'NAME',
      help: 'of the .svg alone: quality; the first there is of AUC and sliced Wasserstein',
    },
  ],
  notes: ['The HTML file needs nothing beside it, and reaches no network.'],
  async run(given) {
    const out = requiredFlag(given, 'out', 'FILE');
    const [paths, results] = [valuesOf(given, 'run'), valuesOf(given, 'results')];
    const rows = results.length > 0 ? mergeRows(await readRows(results)).map(({ row }) => row) : undefined;
    if (!rows && valuesOf(given, 'axis').length > 0)
      throw new UsageError("'--axis' chooses among the runs of --results: give that too.");
    const plane = rows && planeData(rowsWith(rows, axesGiven(given)));
    if (!/\.(html|svg)$/.test(out))
      throw new UsageError(`'--out' is '${out}', but must end in .html or .svg.`);
    if (out.endsWith('.svg')) {
      if (!plane) throw new UsageError('an .svg is the plane of an experiment: give its --results.');
      const axes = [planeAxis(given, 'x', plane), planeAxis(given, 'y', plane)] as const;
      await writeWhole(out, planeSvg(plane, ...axes));
      const { drawn, missing } = placedRuns(plane, ...axes);
      const lacking = missing.length > 0 ? `; ${missing.length} not measured, which it names` : '';
      console.log(`${out}: ${runsText(drawn.length)}${lacking}.`);
      return 0;
    }
    for (const flag of ['x', 'y'])
      if (flagValue(given, flag) !== undefined)
        throw new UsageError(`'--${flag}' is for an .svg: an .html has both axes to choose from.`);
    if (paths.length === 0 && !plane)
      throw new UsageError("give runs by '--run PATH', or '--results FILE', or both.");
    const [runs, notes]: [ReportRun[], string[]] = [[], []];
    for (const path of paths) {
      const read = (await isFolder(path))
        ? { runs: [await readReportRun(path)], notes: [] }
        : await readReportProject(path, paths.length > 1);
      runs.push(...read.runs);
      notes.push(...read.notes);
    }
    const names = [
      ...paths.map((path) => projectTitle(basename(resolve(path)))),
      ...results.map((path) => basename(path)),
    ];
    const data: ReportData = {
      title: flagValue(given, 'title') ?? names.join(', '),
      version,
      date: new Date().toISOString().slice(0, 10),
      runs: distinct(runs),
      notes,
      plane,
    };
    const text = await reportPage(data);
    await writeWhole(out, text);
    const parts = [
      ...(runs.length > 0 ? [runsText(runs.length)] : []),
      ...(plane ? [`a plane of ${runsText(plane.points.length)}`] : []),
    ];
    console.log(`${out}: ${parts.join(' and ')}, ${Math.ceil(Buffer.byteLength(text) / 1000)} kB.`);
    return 0;
  },
};

const runsText = (count: number) => `${count} ${count === 1 ? 'run' : 'runs'}`;

/** @throws UsageError where there is nothing */
async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    throw new UsageError(`'${path}' is neither the folder of a run nor a project: there is no such file.`);
  }
}

/** The runs with a number behind every label that another run has already. */
function distinct(runs: readonly ReportRun[]): ReportRun[] {
  const taken = new Set<string>();
  return runs.map((run) => {
    let { label } = run;
    for (let n = 2; taken.has(label); n++) label = `${run.label} ${n}`;
    taken.add(label);
    return { ...run, label };
  });
}

/** The axis that a flag names; the first one there is without it. */
function planeAxis(given: Given, flag: 'x' | 'y', plane: PlaneData): PlaneData['x'][number] {
  const axes = plane[flag];
  const name = flagValue(given, flag);
  const found = name === undefined ? axes[0] : axes.find((axis) => axis.name === name);
  if (found) return found;
  if (axes.length === 0) throw new UsageError('no run of these results has a score to draw.');
  throw new UsageError(
    `'--${flag}' is '${name}'${instead(
      name ?? '',
      axes.map((axis) => axis.name),
    )}`,
  );
}
