import { parseArgs } from 'node:util';
import { closest, distance } from 'fastest-levenshtein';
import { UsageError } from './usageError.ts';

/** One flag of a command. */
export interface Flag {
  name: string;
  /** Placeholder of its value in the help; a switch has none. */
  value?: string;
  help: string;
  /** The config key it sets. */
  key?: string;
  /** May be given more than once. */
  many?: boolean;
}

/** Flags as given, in order; a switch has the value 'true'. */
export type Given = readonly { name: string; value: string }[];

/**
 * Reads the arguments of a command.
 * @throws UsageError on an unknown flag (with the nearest one), a missing value, or a word that belongs to no flag
 */
export function parseFlags(args: readonly string[], flags: readonly Flag[]): Given {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      flags.map(({ name, value }) => [name, { type: value ? ('string' as const) : ('boolean' as const) }]),
    ),
    strict: false,
    tokens: true,
  });
  const given: { name: string; value: string }[] = [];
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      throw new UsageError(
        `'${token.value}' belongs to no flag; values follow their flag, as in --steps 3000.`,
      );
    }
    const flag = flags.find(({ name }) => name === token.name);
    if (!flag) throw new UsageError(`unknown flag '${token.rawName}'${suggestion(token.name, flags)}`);
    if (!flag.many && given.some(({ name }) => name === flag.name)) {
      throw new UsageError(`'--${flag.name}' is given twice.`);
    }
    given.push({ name: flag.name, value: readValue(flag, token.value, token.inlineValue ?? false) });
  }
  return given;
}

/** The value of a flag that was given. */
export function flagValue(given: Given, name: string): string | undefined {
  return given.find((one) => one.name === name)?.value;
}

/** @throws UsageError where the flag is missing */
export function requiredFlag(given: Given, name: string, placeholder: string): string {
  const value = flagValue(given, name);
  if (value === undefined) throw new UsageError(`'--${name} ${placeholder}' is missing.`);
  return value;
}

/** A flag that is a whole number from `least` on. @throws UsageError where it is not */
export function wholeFlag(given: Given, name: string, least: number): number | undefined {
  const text = flagValue(given, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least || text.trim() === '') {
    throw new UsageError(`'--${name}' is '${text}', but must be a whole number of at least ${least}.`);
  }
  return value;
}

/** `; did you mean '--steps'?` where something is near. */
export function suggestion(word: string, among: readonly { name: string }[], prefix = '--'): string {
  const names = among.map(({ name }) => name);
  const nearest = closest(word, names);
  if (distance(word, nearest) <= Math.max(2, word.length / 3)) return `; did you mean '${prefix}${nearest}'?`;
  return `; there are ${names.map((name) => prefix + name).join(', ')}.`;
}

function readValue(flag: Flag, value: string | undefined, inline: boolean): string {
  if (!flag.value) {
    if (value !== undefined) throw new UsageError(`'--${flag.name}' takes no value.`);
    return 'true';
  }
  const nextFlag = value !== undefined && !inline && value.startsWith('-') && Number.isNaN(Number(value));
  if (value === undefined || value === '' || nextFlag) {
    throw new UsageError(`'--${flag.name}' needs a value: --${flag.name} ${flag.value}.`);
  }
  return value;
}
