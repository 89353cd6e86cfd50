import type { Command } from './command.ts';
import { version } from './version.ts';

/** The help of the whole. */
export function generalHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    `posterior-lab ${version}: train latent diffusion models for time series, and see whether the decoder listens.`,
    '',
    'npm run lab -- <command> [flags]',
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'npm run lab -- <command> --help shows the flags of a command.',
    '',
    'For example:',
    ...commands.map(({ example }) => `  ${example}`),
  ].join('\n');
}

/** The help of one command. */
export function commandHelp({ name, summary, words, flags, notes, example }: Command): string {
  const left = flags.map((flag) => `--${flag.name}${flag.value ? ` ${flag.value}` : ''}`);
  const width = Math.max(...left.map((text) => text.length));
  return [
    summary,
    '',
    `npm run lab -- ${name}${words ? ` ${words}` : ''} [flags]`,
    '',
    ...flags.map(
      ({ help, key }, i) => `  ${(left[i] ?? '').padEnd(width)}  ${help}${key ? `  [${key}]` : ''}`,
    ),
    '',
    ...(notes ?? []),
    `For example: ${example}`,
  ].join('\n');
}
