// node docs/table.mjs LABEL=RUN[,RUN...] ...: one row for each label, the mean over its runs (seeds), with its standard error
// where there are several. Every number is read from the runs' evaluation.json.
import { readFileSync } from 'node:fs';

const columns = [
  ['log-lik. / step', (e) => e.logLikelihood.all],
  ['swap, last third', (e) => e.swap.lastThird],
  ['noise, last third', (e) => e.noise.lastThird],
  ['control', (e) => e.control.correlation],
  ['spread of control', (e) => e.control.spread],
  ['m_{t,0}, last third', (e) => lastThird(e, 'm0')],
  ['m_{t,t-1}, last third', (e) => lastThird(e, 'mLocal')],
  ['sliced W2, sampled', (e) => e.scores.sample.slicedWasserstein.value],
  ['noise not fed back', (e) => e.scores['noise-not-fed-back'].slicedWasserstein.value],
  ['mean', (e) => e.scores.mean.slicedWasserstein.value],
  ['real against real', (e) => e.scores.sample.slicedWasserstein.floor],
  ['residual', (e) => e.dependence.residual],
];

function lastThird({ dependence }, key) {
  const points = dependence.points.slice(Math.floor((2 * dependence.points.length) / 3));
  return points.reduce((sum, point) => sum + point[key], 0) / points.length;
}

function cell(values) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const text = Math.abs(mean) < 0.005 && mean !== 0 ? mean.toExponential(0) : mean.toFixed(2);
  if (values.length === 1) return text;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return `${text} ± ${Math.sqrt(variance / values.length).toFixed(2)}`;
}

const row = (cells) => console.log(`| ${cells.join(' | ')} |`);
row(['', 'seeds', ...columns.map(([name]) => name)]);
row(['---', '---', ...columns.map(() => '---')]);
for (const argument of process.argv.slice(2)) {
  const cut = argument.lastIndexOf('=');
  const [label, runs] = [argument.slice(0, cut), argument.slice(cut + 1)];
  const evaluations = runs
    .split(',')
    .map((run) => JSON.parse(readFileSync(`${run}/evaluation.json`, 'utf8')));
  row([label, evaluations.length, ...columns.map(([, read]) => cell(evaluations.map(read)))]);
}
