import { DataError } from '../engine/data/types.ts';
import { instead } from '../engine/export/nearestName.ts';
import { SafetensorsError } from '../engine/export/safetensors.ts';
import { GpuError } from '../engine/gpu/errors.ts';
import { ConfigError } from '../engine/train/config.ts';
import { ExperimentError } from '../engine/train/experiment/experimentFile.ts';
import { choose } from './commands/choose.ts';
import type { Command } from './commands/command.ts';
import { evaluate } from './commands/evaluate.ts';
import { experiment } from './commands/experiment.ts';
import { exportCommand } from './commands/export.ts';
import { fileProblem, StorageError } from './commands/fileProblem.ts';
import { parseFlags } from './commands/flags.ts';
import { generate } from './commands/generate.ts';
import { commandHelp, generalHelp } from './commands/help.ts';
import { info } from './commands/info.ts';
import { Interrupted, ignoreHangUpWithoutTerminal } from './commands/interrupt.ts';
import { record } from './commands/record.ts';
import { report } from './commands/report.ts';
import { table } from './commands/table.ts';
import { train } from './commands/train.ts';
import { UsageError } from './commands/usageError.ts';
import { version } from './commands/version.ts';

const commands: readonly Command[] = [
  info,
  train,
  evaluate,
  generate,
  exportCommand,
  choose,
  record,
  experiment,
  table,
  report,
];

/** What may stand in the place of a command. */
const ownFlags = ['--help', '--version'];

/** What the user can put right: bad flags, settings, data, files. */
const userErrors = [UsageError, ConfigError, DataError, SafetensorsError, ExperimentError];

/**
 * The headless command.
 * @param args what follows `npm run lab --`
 * @returns the exit code: 0 done, 1 failed, 2 cannot be run as given (one sentence on stderr),
 * 130 stopped by Ctrl-C, 143 by SIGTERM, 129 by a terminal that hung up
 */
export async function main(args: readonly string[]): Promise<number> {
  const [first, ...rest] = args;
  ignoreHangUpWithoutTerminal();
  try {
    if (first === '--version' || first === '-v') console.log(version);
    else if (first === undefined || isHelp(first)) console.log(helpFor(rest[0]));
    else return await runCommand(commandByName(first), rest);
    return 0;
  } catch (cause) {
    if (cause instanceof Interrupted) return cause.code;
    const error = fileProblem(cause);
    const ofUser = userErrors.some((kind) => error instanceof kind);
    if (!ofUser && !(error instanceof GpuError) && !(error instanceof StorageError)) throw error;
    const { message } = error as Error;
    console.error(`lab: ${message}${/[.?!]$/.test(message) ? '' : '.'}`);
    return ofUser ? 2 : 1;
  }
}

async function runCommand(command: Command, args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(commandHelp(command));
    return 0;
  }
  return command.run(parseFlags(args, command.flags, command.words !== undefined));
}

function helpFor(name: string | undefined): string {
  return name === undefined ? generalHelp(commands) : commandHelp(commandByName(name));
}

function commandByName(name: string): Command {
  if (name.startsWith('-')) throw new UsageError(`unknown flag '${name}'${instead(name, ownFlags)}`);
  const command = commands.find((candidate) => candidate.name === name);
  if (!command)
    throw new UsageError(
      `unknown command '${name}'${instead(
        name,
        commands.map((one) => one.name),
      )}`,
    );
  return command;
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h' || word === 'help';
}
