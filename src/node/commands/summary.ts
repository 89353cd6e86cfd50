import { metrics } from '../../engine/metrics/index.ts';
import { generationModes } from '../../engine/train/config.ts';
import type { EvaluationReport } from '../../engine/train/evaluationReport.ts';
import { short } from './progressLine.ts';

/** An evaluation for the terminal: the headline, the tests, and the table of scores. */
export function summaryText(report: EvaluationReport): string {
  const { dependence, logLikelihood, swap, noise, control, notes } = report;
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  const lines = [
    `At position ${dependence.points.length} the decoder takes ${percent(dependence.m0.last)} from z and ${percent(dependence.mLocal.last)} from the last value ` +
      `(${dependence.series} held-out ${dependence.series === 1 ? 'window' : 'windows'}, residual ${dependence.residual.toExponential(0)}).`,
    `Log-likelihood ${logLikelihood.all.toFixed(3)} nats a step. Exchanging latents costs ${nats(swap.all)} (last third ${nats(swap.lastThird, swap.error?.lastThird)}), ` +
      `noise for latents ${nats(noise.all)} (${nats(noise.lastThird, noise.error?.lastThird)}). Control ${controlText(control)}.`,
    '',
    ...scoreTable(report),
    ...notes,
  ];
  return lines.join('\n');
}

/** @param error standard error over windows, where it is known */
function nats(value: number, error = Number.NaN): string {
  if (Number.isNaN(value)) return 'unknown';
  return Number.isNaN(error) ? short(value) : `${short(value)} ± ${short(error)}`;
}

function controlText({ correlation, spread }: EvaluationReport['control']): string {
  if (Number.isNaN(correlation)) return 'unknown';
  return `${correlation.toFixed(2)} (at ${fixed(spread, 2)} of the real spread)`;
}

function scoreTable({ scores, counts }: EvaluationReport): string[] {
  const header = ['', ...generationModes, 'real', 'zeros'];
  const rows = metrics.flatMap(({ name, label }) => {
    const first = scores.sample[name];
    if (!first) return [];
    const values = generationModes.map((mode) => scores[mode][name]?.value ?? Number.NaN);
    return [[label, ...[...values, first.floor, first.zero].map((value) => fixed(value))]];
  });
  if (rows.length === 0) return [];
  const widths = header.map((text, column) =>
    Math.max(text.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = [header, ...rows].map((row) =>
    row
      .map((text, column) =>
        column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  const caption = `(${counts.comparison} series in each comparison; real = one half of the held-out windows against the other)`;
  return [...lines, caption];
}

function fixed(value: number, digits = 3): string {
  return Number.isNaN(value) ? '-' : value.toFixed(digits);
}
