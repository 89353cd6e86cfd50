import { likelihoodByName } from '../../layers/likelihoods/index.ts';
import { csvRow } from '../csv.ts';
import type { ExportedRun } from '../exportedRun.ts';
import { seriesColumns } from '../seriesColumns.ts';
import source from './model.py?raw';

/**
 * A PyTorch program of one file that rebuilds a run's networks and sampler and loads model.safetensors. Of model.py it keeps
 * the parts that the run has: a part stands between `#: name` and `#: end`, and may hold others.
 */
export function torchScript(run: ExportedRun): string {
  const parts = new Set(partsOf(run));
  const lines: string[] = [];
  const open: string[] = [];
  for (const line of source.split('\n')) {
    const mark = /^\s*#: (\w+)$/.exec(line)?.[1];
    if (mark === 'end') open.pop();
    else if (mark) open.push(mark);
    else if (open.every((part) => parts.has(part))) lines.push(line);
  }
  const { name } = run.config.method;
  return lines
    .join('\n')
    .replace(
      'A latent diffusion model for time series',
      `${run.label} for time series (${name}, ${run.shape.backbone})`,
    )
    .replace('Written by Posterior Lab', `Written by Posterior Lab ${run.version}`)
    .replace(/^RUN = \{\} .*$/m, () => `RUN = ${pythonLiteral(contents(run))}`)
    .replace(/\n{4,}/g, '\n\n\n');
}

function partsOf({ shape, normalised, sampler, lengths }: ExportedRun): string[] {
  const { skip, inverseLipschitz, maskProbability } = shape.wiring;
  return [
    shape.backbone,
    ...(shape.likelihood === 'gaussian' ? ['gaussian'] : ['mixture']),
    ...(shape.likelihood === 'mixture-full' ? ['full'] : []),
    normalised ? 'normalised' : 'posterior',
    ...(skip ? ['skip'] : []),
    ...(inverseLipschitz === null ? [] : ['brenier']),
    ...(maskProbability === null ? [] : ['masked']),
    ...(sampler === 'diffusion' ? ['diffusion'] : []),
    ...(lengths ? ['lengths'] : []),
  ];
}

function contents({ config, shape, features, scaler, lengths }: ExportedRun) {
  const { seqLen, featureSize, hiddenSize, latentSize, tokenSize, layers, heads, wiring, denoiser } = shape;
  const sizes = { seqLen, featureSize, hiddenSize, latentSize, tokenSize, layers, heads };
  const { embeddingSize, width, blocks } = denoiser;
  const likelihood = likelihoodByName(shape.likelihood);
  const ends = { headSize: shape.headSize, noiseSize: likelihood.noiseSize(shape) };
  const size = {
    ...sizes,
    ...ends,
    inverseLipschitz: wiring.inverseLipschitz,
    embeddingSize,
    width,
    blocks,
  };
  // The program writes the first line of its table as it stands: names are quoted here as in every table of the lab.
  const header = csvRow(seriesColumns(['series', 'position'], features));
  return { config, size, features, header, scaler, ...(lengths && { lengths }) };
}

/** JSON in Python's words. */
function pythonLiteral(value: unknown, indent = ''): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => pythonLiteral(item)).join(', ')}]`;
  const deeper = `${indent}    `;
  const entries = Object.entries(value).map(
    ([key, item]) => `${deeper}${JSON.stringify(key)}: ${pythonLiteral(item, deeper)},\n`,
  );
  return `{\n${entries.join('')}${indent}}`;
}
