import type { ExportedConfig, Weights } from './exportedRun.ts';
import { readSafetensors, SafetensorsError, writeSafetensors } from './safetensors.ts';

/** The entry of the file's metadata that says what the weights belong to. */
const metadataKey = 'posterior_lab';

/** What weights belong to beyond what their names and shapes say. */
export interface WeightsOrigin {
  config: Pick<ExportedConfig, 'model' | 'method'>;
  features: readonly string[];
}

/** Settings that change what the same weights compute, by the part of the config they are in. */
const deciding = [
  ['model', 'backbone'],
  ['model', 'heads'],
  ['model', 'likelihood'],
  ['model', 'sigma'],
  ['method', 'inverseLipschitz'],
] as const;

/** model.safetensors: the weights, with their settings and features in the metadata. The same weights give the same bytes. */
export function writeWeightsFile(weights: Weights, { config, features }: WeightsOrigin): Uint8Array {
  const { model, method } = config;
  return writeSafetensors(weights, {
    format: 'pt',
    [metadataKey]: JSON.stringify({ config: { model, method }, features }),
  });
}

/**
 * The weights of a file to train on from.
 * @param shapes of every parameter that the run has @param run what it is set to
 * @throws SafetensorsError naming the first thing that does not fit
 */
export function readWeightsFile(
  bytes: Uint8Array,
  shapes: ReadonlyMap<string, readonly number[]>,
  run: WeightsOrigin,
): Weights {
  const { tensors, metadata } = readSafetensors(bytes);
  const origin = originOf(metadata[metadataKey]);
  const problem = (origin && settingsProblem(origin, run)) ?? shapesProblem(tensors, shapes);
  if (problem) throw new SafetensorsError(problem);
  return tensors;
}

function originOf(text: string | undefined): WeightsOrigin | undefined {
  if (text === undefined) return undefined; // names and shapes must do
  try {
    const origin = JSON.parse(text);
    if (Array.isArray(origin?.features) && origin.config?.model && origin.config?.method) return origin;
  } catch {
    // Said below.
  }
  throw new SafetensorsError('The file says of itself what this project does not understand: it is damaged.');
}

function settingsProblem(from: WeightsOrigin, run: WeightsOrigin): string | undefined {
  if (from.features.join('\n') !== run.features.join('\n')) {
    return `The weights were trained on ${from.features.join(', ')}, but these data have ${run.features.join(', ')}.`;
  }
  for (const [part, key] of deciding) {
    const [there, here] = [from.config[part][key], run.config[part][key]].map((value) =>
      JSON.stringify(value),
    );
    const used = part === 'model' || from.config.method.name === 'inverse-lipschitz';
    if (used && there !== here) {
      return `The weights were trained with '${part}.${key}' = ${there}, but the run has ${here}: set it to ${there}.`;
    }
  }
  return undefined;
}

function shapesProblem(tensors: Weights, shapes: ReadonlyMap<string, readonly number[]>): string | undefined {
  for (const [name, shape] of shapes) {
    const found = tensors.get(name)?.shape;
    if (!found) return `The weights have no '${name}', which this method and these sizes need.`;
    if (found.join() !== shape.join())
      return `'${name}' is [${found}] in the weights, but [${shape}] in the run: sizes differ.`;
  }
  const extra = [...tensors.keys()].find((name) => !shapes.has(name));
  return (
    extra && `The weights have '${extra}', which this method and these sizes do not: they are of another.`
  );
}
