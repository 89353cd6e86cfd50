import { sources } from '../../engine/data/index.ts';
import { closeGpu } from '../../engine/gpu/device.ts';
import { methods } from '../../engine/methods/index.ts';
import { configKeys, defaults } from '../../engine/train/config.ts';
import { Trainer } from '../../engine/train/trainer.ts';
import { openNodeGpu } from '../gpu.ts';
import type { Command } from './command.ts';
import { configFlags, readConfig } from './configFlags.ts';
import type { Given } from './flags.ts';
import { readData } from './readData.ts';
import { version } from './version.ts';

export const info: Command = {
  name: 'info',
  summary:
    'Show the GPU, the built-in data, the methods and every config key; with --data, what a file would become.',
  example: 'npm run lab -- info --data series.csv',
  flags: configFlags,
  notes: ['The environment variable LAB_ADAPTER forces an adapter: gpu, lavapipe or swiftshader.'],
  async run(given) {
    if (given.length > 0) {
      await describeData(given);
      return 0;
    }
    const gpu = await openNodeGpu();
    const { maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupStorageSize } = gpu.device.limits;
    const width = Math.max(...sources.map(({ name }) => name.length));
    const keyWidth = Math.max(...configKeys.map((key) => key.length));
    console.log(
      [
        `posterior-lab ${version}, Node ${process.versions.node}`,
        `GPU: ${gpu.adapterName}`,
        `  largest buffer ${mebibytes(maxBufferSize)}, largest binding ${mebibytes(maxStorageBufferBindingSize)}, ` +
          `workgroup memory ${maxComputeWorkgroupStorageSize / 1024} KiB`,
        '',
        'Built-in data:',
        ...sources.map(
          ({ name, summary, window }) => `  ${name.padEnd(width)}  ${summary} Window ${window}.`,
        ),
        '',
        'Methods:',
        ...methods.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
        '',
        'Config keys and their defaults (--set key=value):',
        ...configKeys.map((key) => `  ${key.padEnd(keyWidth)}  ${JSON.stringify(valueAt(defaults, key))}`),
      ].join('\n'),
    );
    closeGpu(gpu);
    return 0;
  },
};

/** What the data of these flags would become, and the memory a run would take; no GPU is asked. */
async function describeData(given: Given): Promise<void> {
  const { data, config } = await readData(await readConfig(given));
  const { id, time } = config.data;
  const { bytes, parts } = Trainer.needs(config, data);
  console.log(
    [
      `Series by: ${id ?? '(one series)'}; time: ${time ?? '(order of rows)'}; ${data.lengths ? 'whole series of at most' : 'windows of'} ${data.train.seqLen}.`,
      `Windows: ${data.train.count} to train on, ${data.validation.count} to validate on, ${data.test.count} to test on.`,
      'Features (mean, standard deviation of the training part):',
      ...data.features.map((name, d) => {
        const [mean, deviation] = [data.scaler.mean[d] ?? 0, data.scaler.standardDeviation[d] ?? 0];
        return `  ${name}  ${mean.toPrecision(5)}, ${deviation.toPrecision(5)}`;
      }),
      ...data.notes,
      `A run takes ${mebibytes(bytes)} of GPU memory: ${parts.map((part) => `${part.label} ${mebibytes(part.bytes)}`).join(', ')}.`,
    ].join('\n'),
  );
}

function valueAt(config: object, key: string): unknown {
  return key.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], config);
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
