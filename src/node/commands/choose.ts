import type { PreparedData } from '../../engine/data/types.ts';
import { closeGpu } from '../../engine/gpu/device.ts';
import { trustedResidual } from '../../engine/metrics/trust.ts';
import {
  type Candidate,
  type Choice,
  candidates,
  choiceConfigs,
  choose as choiceOf,
  usualPilotSteps,
} from '../../engine/train/choose.ts';
import type { Config } from '../../engine/train/config.ts';
import { checkValidation, runPilots } from '../../engine/train/pilots.ts';
import type { PilotEvent, PilotResult } from '../../engine/train/protocol.ts';
import { openNodeGpu } from '../gpu.ts';
import type { Command } from './command.ts';
import { configFlags, readConfig } from './configFlags.ts';
import { flagValue, shellWord, wholeFlag } from './flags.ts';
import { Interrupt, Interrupted } from './interrupt.ts';
import { duration, ProgressLine } from './progressLine.ts';
import { readData } from './readData.ts';
import { UsageError } from './usageError.ts';
import { checkWritable, writeWhole } from './wholeFile.ts';

export const choose: Command = {
  name: 'choose',
  summary: 'Choose N, M and lambda_CS by short runs, measured on the validation part.',
  example: 'npm run lab -- choose --data reveal --window 32 --pilot-steps 300 --out reveal.json',
  flags: [
    ...configFlags,
    { name: 'pilot-steps', value: 'N', help: 'optimiser steps of each; a fifth of train.steps if absent' },
    { name: 'out', value: 'FILE', help: 'a config with the choice, for --config' },
  ],
  notes: [
    'Of the candidates whose log-likelihood is within one standard error of the best, the one that loses the most when latents are exchanged;',
    'the defaults, where they lose as much within one standard error. The test part is not looked at.',
  ],
  async run(given) {
    const settings = await readConfig(given);
    const { name } = settings.method;
    if (name !== 'posterior-stable') {
      throw new UsageError(
        `'method.name' is ${name}, which has no N, M and lambda_CS: leave it at posterior-stable.`,
      );
    }
    const steps = wholeFlag(given, 'pilot-steps', 1) ?? usualPilotSteps(settings);
    const out = flagValue(given, 'out');
    if (out !== undefined && !out.endsWith('.json'))
      throw new UsageError(`'--out' is '${out}', but must end in .json.`);
    const { data, config } = await readData(settings);
    checkValidation(data);
    if (out !== undefined) await checkWritable(out);
    const tried = candidates(config);
    console.log(
      `${tried.length} runs of ${steps} steps, measured on ${Math.min(data.validation.count, config.evaluate.count)} windows of the validation part.`,
    );
    const { results, stopCode } = await pilot(config, data, steps);
    const choice = choiceOf(tried, results);
    console.log(tableText(tried, results, choice));
    if (results.some((result) => result?.measures?.trusted === false))
      console.log(`† It cannot be trusted: the residual of the sum stayed above ${trustedResidual}.`);
    for (const text of new Set(results.flatMap((result) => result?.failure ?? []))) console.log(text);
    if (stopCode !== undefined) {
      console.log('Stopped: nothing is chosen before every candidate has been tried.');
      return stopCode;
    }
    if (!choice) {
      console.error('No candidate could be measured: the choice stays with you.');
      return 1;
    }
    const { inferenceEnd, collapseStart, lambdaCS } = tried[choice.index] as Candidate;
    console.log(`\n${choice.reason}\n`);
    console.log(
      `--set method.inferenceEnd=${inferenceEnd} --set method.collapseStart=${collapseStart} --set method.lambdaCS=${lambdaCS}`,
    );
    if (out !== undefined) {
      const method = { ...config.method, inferenceEnd, collapseStart, lambdaCS };
      await writeWhole(out, `${JSON.stringify({ ...config, method }, null, 2)}\n`);
      console.log(`${out} has all settings: npm run lab -- train --config ${shellWord(out)} --out DIR`);
    }
    return 0;
  },
};

async function pilot(
  config: Config,
  data: PreparedData,
  steps: number,
): Promise<{ results: (PilotResult | undefined)[]; stopCode?: number }> {
  const configs = choiceConfigs(config, steps);
  const results: (PilotResult | undefined)[] = configs.map(() => undefined);
  const line = new ProgressLine();
  const onEvent = (event: PilotEvent) => {
    if (event.type === 'result') results[event.index] = event.result;
    if (event.type === 'progress') {
      const done = (event.index + event.share) / configs.length;
      // The first steps compile the kernels: what they took says nothing of the rest.
      const left = done > 0.02 ? `  ${duration((event.seconds * (1 - done)) / done)} left` : '';
      line.show(
        `run ${event.index + 1}/${configs.length}  step ${Math.round(event.share * steps)}/${steps}${left}`,
      );
    }
  };
  const gpu = await openNodeGpu();
  const interrupt = new Interrupt(() => line.print('Stopping.'));
  try {
    await interrupt.until(runPilots(gpu, configs, data, onEvent, { asked: false }));
    return { results };
  } catch (error) {
    if (error instanceof Interrupted) return { results, stopCode: error.code };
    throw error;
  } finally {
    line.end();
    interrupt.release();
    closeGpu(gpu);
  }
}

/** The candidates with what was measured; `*` marks the chosen one, `.` those whose log-likelihood is too low, `†` a doubtful m_{t,0}. */
function tableText(
  tried: readonly Candidate[],
  results: readonly (PilotResult | undefined)[],
  choice: Choice | undefined,
): string {
  const header = [
    ...['', 'N', 'M', 'lambda_CS', 'log-lik. / step', 'swap, last third'],
    ...['noise, last third', 'm_{t,0}, last third', 'control'],
  ];
  const rows = tried.map(({ inferenceEnd, collapseStart, lambdaCS }, index) => {
    const result = results[index];
    const mark = choice?.index === index ? '*' : choice?.likely.includes(index) === false ? '.' : '';
    const settings = [mark, inferenceEnd, collapseStart, lambdaCS].map(String);
    if (!result) return [...settings, '-'];
    if (result.failure !== undefined) return [...settings, 'failed'];
    const { logLikelihood, swap, noise, m0, trusted, control } = result.measures;
    const estimates = [logLikelihood, swap, noise].map(
      ({ value, error }) => `${value.toFixed(3)} ± ${error.toFixed(3)}`,
    );
    return [...settings, ...estimates, `${m0.toFixed(3)}${trusted ? '' : ' †'}`, control.toFixed(2)];
  });
  const widths = header.map((_, column) =>
    Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  return [header, ...rows]
    .map((row) =>
      row
        .map((text, column) => text.padStart(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
