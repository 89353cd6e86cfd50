import * as v from 'valibot';
import { canReverse } from '../diffusion/schedule.ts';
import { instead } from '../export/nearestName.ts';
import { descriptions as backbones } from '../layers/descriptions.ts';
import { descriptions as likelihoods } from '../layers/likelihoods/descriptions.ts';
import { methodDescriptions } from '../methods/descriptions.ts';

/** How x_t is made and what is fed back in free-running generation (docs/methods.md, Generation). */
export const generationModes = ['sample', 'noise-not-fed-back', 'mean'] as const;
export type GenerationMode = (typeof generationModes)[number];

const whole = (low: number, high: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(low), v.maxValue(high));
const real = (low: number, high: number) => v.pipe(v.number(), v.finite(), v.minValue(low), v.maxValue(high));
const share = real(0, 1);

/** Every key with its default; the page's controls and the command's --set speak of these. */
export const schema = v.strictObject({
  data: v.optional(
    v.strictObject({
      source: v.optional(v.string(), 'reveal'),
      id: v.optional(v.nullable(v.string()), null),
      time: v.optional(v.nullable(v.string()), null),
      features: v.optional(v.array(v.string()), []),
      group: v.optional(v.nullable(v.string()), null),
      part: v.optional(v.nullable(v.string()), null),
      form: v.optional(v.picklist(['auto', 'table']), 'auto'),
      items: v.optional(v.array(v.string()), []),
      bin: v.optional(real(1 / 60, 24 * 365), 1),
      labels: v.optional(v.nullable(v.string()), null),
      layout: v.optional(v.picklist(['windows', 'series']), 'windows'),
      window: v.optional(whole(2, 4096), 24),
      stride: v.optional(whole(1, 4096), 24),
      gap: v.optional(v.picklist(['none', 'linear', 'log']), 'none'),
      shuffle: v.optional(v.boolean(), false),
      seed: v.optional(whole(0, Number.MAX_SAFE_INTEGER), 0),
      count: v.optional(v.nullable(whole(3, 1_000_000)), null),
      split: v.optional(
        v.strictObject({
          train: v.optional(share, 0.8),
          validation: v.optional(share, 0.1),
          test: v.optional(share, 0.1),
        }),
        {},
      ),
    }),
    {},
  ),
  model: v.optional(
    v.strictObject({
      backbone: v.optional(v.picklist(['lstm', 'transformer']), 'lstm'),
      hiddenSize: v.optional(v.pipe(whole(4, 256), v.multipleOf(4)), 64),
      latentSize: v.optional(whole(1, 256), 16),
      tokenSize: v.optional(whole(1, 256), 32),
      layers: v.optional(v.nullable(whole(1, 16)), null),
      heads: v.optional(whole(1, 64), 4),
      forgetBias: v.optional(real(-10, 10), 1),
      likelihood: v.optional(v.picklist(Object.values(likelihoods).map(({ name }) => name)), 'gaussian'),
      components: v.optional(whole(1, 64), 5),
      sigma: v.optional(v.nullable(real(1e-3, 100)), null),
    }),
    {},
  ),
  method: v.optional(
    v.strictObject({
      name: v.optional(v.picklist(methodDescriptions.map(({ name }) => name)), 'posterior-stable'),
      inferenceEnd: v.optional(whole(0, 10_000), 50),
      collapseStart: v.optional(whole(1, 10_000), 900),
      gamma: v.optional(real(0, 1000), 2),
      eta: v.optional(real(1e-3, 1000), 1),
      lambdaCS: v.optional(real(0, 1000), 0.1),
      penalty: v.optional(v.picklist(['hinge', 'softplus', 'literal']), 'hinge'),
      penaltyShare: v.optional(real(1e-3, 1), 0.5),
      negatives: v.optional(v.picklist(['tail', 'perm', 'mix']), 'tail'),
      reference: v.optional(v.picklist(['standard', 'fitted']), 'standard'),
      klWeight: v.optional(real(0, 1000), 1),
      klSchedule: v.optional(v.picklist(['linear', 'logistic', 'cyclical']), 'linear'),
      klRamp: v.optional(real(1e-3, 1), 0.5),
      klCycles: v.optional(whole(1, 1000), 4),
      maskProbability: v.optional(share, 0.5),
      mutualInformation: v.optional(share, 0.5),
      importanceSamples: v.optional(whole(1, 64), 4),
      inverseLipschitz: v.optional(real(1e-3, 1000), 1),
    }),
    {},
  ),
  diffusion: v.optional(
    v.strictObject({
      numTimesteps: v.optional(whole(2, 10_000), 1000),
      schedule: v.optional(v.picklist(['linear', 'cosine']), 'linear'),
      betaStart: v.optional(real(0, 1), 1e-4),
      betaEnd: v.optional(real(0, 1), 0.02),
      embeddingSize: v.optional(v.pipe(whole(2, 512), v.multipleOf(2)), 64),
      width: v.optional(whole(4, 1024), 128),
      blocks: v.optional(whole(1, 16), 3),
      sampler: v.optional(v.picklist(['ddim', 'ddpm']), 'ddim'),
      sampleSteps: v.optional(whole(1, 10_000), 50),
    }),
    {},
  ),
  train: v.optional(
    v.strictObject({
      steps: v.optional(whole(1, 1_000_000), 3000),
      batchSize: v.optional(whole(2, 4096), 64),
      learningRate: v.optional(real(0, 1), 2e-3),
      minLearningRate: v.optional(real(0, 1), 1e-5),
      warmup: v.optional(whole(0, 100_000), 50),
      clip: v.optional(real(1e-6, 1e6), 1),
      seed: v.optional(whole(0, Number.MAX_SAFE_INTEGER), 0),
      denoiserShare: v.optional(real(0, 0.95), 0.3333),
      denoiserLearningRate: v.optional(real(0, 1), 2e-3),
      denoiserBatchSize: v.optional(whole(2, 4096), 256),
      validations: v.optional(whole(0, 1000), 20),
    }),
    {},
  ),
  evaluate: v.optional(
    v.strictObject({
      count: v.optional(whole(2, 100_000), 200),
      dependenceSeries: v.optional(whole(1, 4096), 64),
      quadrature: v.optional(v.picklist([4, 8, 16, 32, 64, 128, 256]), 32),
      times: v.optional(whole(1, 1000), 10),
      early: v.optional(whole(0, 10), 0),
      samples: v.optional(whole(2, 100_000), 1000),
      generation: v.optional(v.picklist(generationModes), 'sample'),
      latents: v.optional(v.picklist(['encoded', 'sampled']), 'encoded'),
      costly: v.optional(v.boolean(), true),
    }),
    {},
  ),
});

/** A whole experiment: data, networks, objective, diffusion, optimiser, evaluation. */
export type Config = v.InferOutput<typeof schema>;

/** A config that cannot be run: one sentence naming the first key that is wrong. */
export class ConfigError extends Error {
  /** A sentence for each key that is wrong. */
  readonly problems: readonly string[];

  constructor(...problems: [first: string, ...rest: string[]]) {
    super(problems[0]);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** Every key at its default. */
export const defaults: Config = v.parse(schema, {});

/** Every dotted key there is, e.g. `method.lambdaCS`. */
export const configKeys: readonly string[] = leaves(defaults);

function leaves(value: object, prefix = ''): string[] {
  return Object.entries(value).flatMap(([key, child]) =>
    child !== null && typeof child === 'object' && !Array.isArray(child)
      ? leaves(child, `${prefix}${key}.`)
      : [`${prefix}${key}`],
  );
}

/** Fills in defaults and checks. @throws ConfigError naming the key, and the nearest one where it is unknown */
export function parseConfig(input: unknown): Config {
  const result = v.safeParse(schema, input);
  const [first, ...rest] = result.success ? contradictions(result.output) : explainEach(result.issues);
  if (first !== undefined) throw new ConfigError(first, ...rest);
  return result.output as Config;
}

/** Keys that came later, and what they stood for before there was a choice. */
export const beforeTheirTime: Readonly<Record<string, unknown>> = { 'method.penaltyShare': 1 };

/**
 * Reads a config that a version of this program, perhaps an earlier one, has written with all its keys: one that is missing was
 * none of its settings, and counts as what it stood for then, where that is not its default.
 * @throws ConfigError as parseConfig
 */
export function parseStoredConfig(input: unknown): Config {
  const stored = structuredClone(input);
  for (const [key, value] of Object.entries(beforeTheirTime)) {
    const [part, name] = key.split('.') as [string, string];
    const settings = v.is(v.looseObject({ [part]: v.looseObject({}) }), stored) && stored[part];
    if (settings && !(name in settings)) Object.assign(settings, { [name]: value });
  }
  return parseConfig(stored);
}

/** One sentence for each key: of 0.5 that it is no whole number, and not that it is below 1 too. */
function explainEach(issues: readonly v.BaseIssue<unknown>[]): string[] {
  const byKey = new Map(issues.toReversed().map((issue) => [v.getDotPath(issue), issue]));
  return [...byKey.values()].toReversed().map(explain);
}

function explain(issue: v.BaseIssue<unknown>): string {
  const key = v.getDotPath(issue) ?? 'config';
  if (issue.type === 'strict_object' && issue.expected === 'never') return unknownKey(key);
  return `'${key}' is ${issue.received}, but must be ${requirement(issue)}`;
}

function requirement(issue: v.BaseIssue<unknown>): string {
  switch (issue.type) {
    case 'min_value':
      return `at least ${rounded(issue.requirement)}`;
    case 'max_value':
      return `at most ${String(issue.requirement)}`;
    case 'multiple_of':
      return `a multiple of ${String(issue.requirement)}`;
    case 'integer':
      return 'a whole number';
    default:
      return (issue.expected ?? 'another value')
        .replace(/^(number|string|boolean)$/, 'a $1')
        .replace(/[()]/g, '')
        .replaceAll(' | ', ' or ');
  }
}

/** A bound as one would write it: 1/60 is 0.01667. */
const rounded = (bound: unknown) =>
  typeof bound === 'number' ? Number(bound.toPrecision(4)) : String(bound);

function unknownKey(key: string): string {
  if (!configKeys.includes(key)) return `unknown key '${key}'${instead(key, configKeys)}`;
  const [part, name] = [key.slice(0, key.indexOf('.')), key.slice(key.indexOf('.') + 1)];
  return `'${key}' is nested here: write "${part}": { "${name}": ... }`;
}

/** What keys that are each right have against each other. */
function contradictions({ data, model, method, diffusion, train }: Config): string[] {
  const { train: a, validation: b, test: c } = data.split;
  const { inferenceEnd, collapseStart } = method;
  const { numTimesteps, betaStart, betaEnd } = diffusion;
  const problems = [
    Math.abs(a + b + c - 1) > 1e-6 && `'data.split' adds up to ${a + b + c}, but must add up to 1`,
    (a <= 0 || c <= 0) && "'data.split' must leave something to train on and something to test on",
    backbones[model.backbone].problem(model),
    inferenceEnd >= collapseStart &&
      `'method.inferenceEnd' (${inferenceEnd}) must be below 'method.collapseStart' (${collapseStart})`,
    collapseStart > numTimesteps &&
      `'method.collapseStart' (${collapseStart}) must be at most 'diffusion.numTimesteps' (${numTimesteps})`,
    betaStart > betaEnd && "'diffusion.betaStart' must not be above 'diffusion.betaEnd'",
    betaStart <= betaEnd &&
      !canReverse(diffusion, diffusion) &&
      `'diffusion.betaStart' (${betaStart}) and 'diffusion.betaEnd' (${betaEnd}) give steps that cannot be reversed: choose a start above 0 and a smaller end`,
    train.minLearningRate > train.learningRate &&
      "'train.minLearningRate' must not be above 'train.learningRate'",
  ];
  return problems.filter((problem) => typeof problem === 'string');
}

/**
 * A config with one key set from text: numbers, true, false, null, and comma-separated lists are recognised.
 * @throws ConfigError as parseConfig
 */
export function setKey(config: Config, key: string, text: string): Config {
  return setKeys(config, [[key, text]]);
}

/**
 * A config with several keys set from text, later ones over earlier ones, and checked once all are set. A list is parted by commas; a
 * name in quotes, doubled within it, is taken as it stands.
 * @throws ConfigError as parseConfig
 */
export function setKeys(config: Config, entries: readonly (readonly [key: string, text: string])[]): Config {
  const copy = JSON.parse(JSON.stringify(config));
  for (const [key, text] of entries) {
    if (!configKeys.includes(key)) throw new ConfigError(unknownKey(key));
    const path = key.split('.');
    const last = path.pop() as string;
    let at = copy as unknown as Record<string, unknown>;
    for (const part of path) at = at[part] as Record<string, unknown>;
    at[last] = fromText(text, at[last]);
  }
  return parseConfig(copy);
}

function fromText(text: string, current: unknown): unknown {
  if (Array.isArray(current)) return text.trim() === '' ? [] : listFromText(text);
  if (quotedWhole.test(text)) return unquoted(text);
  if (text === 'null') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  if (typeof current === 'string') return text;
  const value = Number(text);
  return text.trim() !== '' && Number.isFinite(value) ? value : text;
}

const quotedWhole = /^"(?:[^"]|"")*"$/;
const unquoted = (text: string) => text.slice(1, -1).replaceAll('""', '"');
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

function listFromText(text: string): string[] {
  const items = text.matchAll(/(?:^|,)(?:\s*("(?:[^"]|"")*")\s*(?=,|$)|([^,]*))/g);
  return [...items].map(([, whole, part = '']) => (whole === undefined ? part.trim() : unquoted(whole)));
}

/** A value as setKeys reads it back: a name that would be read as something else, or as two, stands in quotes. */
export function textOfValue(value: unknown): string {
  if (Array.isArray(value))
    return value.map((item) => (/^$|^\s|[,"]|\s$/.test(item) ? quoted(item) : item)).join(',');
  if (typeof value !== 'string') return String(value);
  const misread = /^(?:|null|true|false|".*)$/s.test(value) || Number.isFinite(Number(value));
  return misread ? quoted(value) : value;
}
