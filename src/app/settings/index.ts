import { describedMethod } from '../../engine/methods/descriptions.ts';
import { dataKeys, evaluateKeys, modelKeys } from './describe.ts';
import { diffusionKeys, methodKeys, trainKeys } from './describeTraining.ts';
import type { ConfigKey, Description } from './description.ts';

export type { ConfigKey, Description } from './description.ts';
export { addressOf, pageDefaults, settingAt, settingsFromAddress, textOf } from './pageDefaults.ts';

/** Every key of the config with what its control says; the compiler sees to it that none is missing. */
export const describe: Readonly<Record<ConfigKey, Description>> = {
  ...dataKeys,
  ...modelKeys,
  ...methodKeys,
  ...diffusionKeys,
  ...trainKeys,
  ...evaluateKeys,
};

const keysOf = (part: object) => Object.keys(part) as ConfigKey[];

/** Groups of the Advanced disclosure; keys that the Data and Model panels show are not repeated there. */
const groups: readonly { title: string; keys: ConfigKey[] }[] = [
  {
    title: 'Data',
    keys: ['data.count', 'data.seed'],
  },
  { title: 'Networks', keys: keysOf(modelKeys).slice(3).concat('model.backbone') },
  { title: 'Objective', keys: keysOf(methodKeys).filter((key) => key !== 'method.name') },
  { title: 'Diffusion', keys: keysOf(diffusionKeys) },
  {
    title: 'Optimiser',
    keys: keysOf(trainKeys).filter((key) => key !== 'train.steps' && key !== 'train.batchSize'),
  },
  { title: 'Evaluation', keys: keysOf(evaluateKeys).filter((key) => key !== 'evaluate.generation') },
];

/** The groups without the keys that the method does not read. */
export function advancedGroups(method: string): typeof groups {
  const { options, sampler } = describedMethod(method);
  const ofMethod = new Set(options.map((option) => `method.${option}`));
  const read = (key: ConfigKey) =>
    key.startsWith('method.')
      ? ofMethod.has(key)
      : sampler === 'diffusion' || !/^(diffusion|train\.denoiser)/.test(key);
  return groups
    .map(({ title, keys }) => ({ title, keys: keys.filter(read) }))
    .filter(({ keys }) => keys.length > 0);
}
