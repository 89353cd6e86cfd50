import * as v from 'valibot';
import { schemaProblem } from '../schemaProblem.ts';

/** The version of bundle.json. */
export const formatVersion = 1;

/** Far above every size that a config allows, and far below what memory would not hold. */
const size = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 16));
const finite = v.pipe(v.number(), v.finite());
/** What series are made from; what else stands there tells where the bundle is from. */
const schema = v.looseObject({
  label: v.string(),
  config: v.looseObject({ model: v.looseObject({ sigma: v.nullable(finite) }) }),
  seqLen: size,
  latentSize: size,
  features: v.pipe(v.array(v.string()), v.minLength(1)),
  scaler: v.looseObject({ mean: v.array(finite), standardDeviation: v.array(finite) }),
  likelihood: v.picklist(['gaussian', 'mixture', 'mixture-full']),
  state: v.array(v.looseObject({ name: v.string(), shape: v.array(v.union([v.literal('batch'), size])) })),
  sampler: v.picklist(['diffusion', 'prior']),
  reverseSteps: v.array(
    v.looseObject({ timestep: v.pipe(finite, v.integer(), v.minValue(1)), a: finite, b: finite, s: finite }),
  ),
});

/** Why series cannot be made from a bundle.json, as one sentence; nothing where they can. */
export function descriptionProblem(value: object): string | undefined {
  const { formatVersion: found, version } = value as { formatVersion?: unknown; version?: unknown };
  if (!Number.isSafeInteger(found) || (found as number) < 1)
    return 'bundle.json has no format version that this page knows: it is damaged. Export it again.';
  if ((found as number) > formatVersion) {
    return `The bundle has format version ${found}, written by Posterior Lab ${String(version).slice(0, 20)}, and this page reads up to ${formatVersion}: open it in a later one.`;
  }
  const result = v.safeParse(schema, value);
  const problem = result.success ? contradiction(result.output) : schemaProblem(result.issues[0]);
  return problem && `bundle.json is damaged: ${problem}. Export it again.`;
}

/** What parts that are each right have against each other. */
function contradiction({
  features,
  scaler,
  sampler,
  reverseSteps,
}: v.InferOutput<typeof schema>): string | undefined {
  for (const key of ['mean', 'standardDeviation'] as const) {
    const { length } = scaler[key];
    if (length !== features.length)
      return `'scaler.${key}' has ${length} numbers, and the features are ${features.length}`;
  }
  if ((sampler === 'diffusion') !== reverseSteps.length > 0)
    return `'reverseSteps' are ${reverseSteps.length}, which its sampler '${sampler}' cannot have`;
  return undefined;
}
