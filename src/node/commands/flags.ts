import { parseArgs } from 'node:util';
import { instead } from '../../engine/export/nearestName.ts';
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

/** The name under which words that belong to no flag stand in {@link Given}. */
const word = '';

/** Flags as given, in order; a switch has the value 'true'. */
export type Given = readonly { name: string; value: string }[];

/**
 * Reads the arguments of a command.
 * @param words whether it takes words that belong to no flag
 * @throws UsageError on an unknown flag (with the nearest one), a missing value, or a word that belongs to no flag
 */
export function parseFlags(args: readonly string[], flags: readonly Flag[], words = false): Given {
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
      if (words) {
        given.push({ name: word, value: token.value });
        continue;
      }
      throw new UsageError(
        `'${token.value}' belongs to no flag; values follow their flag, as in --steps 3000.`,
      );
    }
    const flag = flags.find(({ name }) => name === token.name);
    if (!flag)
      throw new UsageError(`unknown flag '${token.rawName}'${instead(token.rawName, dashed(flags))}`);
    if (!flag.many && given.some(({ name }) => name === flag.name)) {
      throw new UsageError(`'--${flag.name}' is given twice.`);
    }
    given.push({ name: flag.name, value: readValue(flag, token.value, token.inlineValue ?? false) });
  }
  return given;
}

/** Flags as they are typed. */
const dashed = (flags: readonly Flag[]) => flags.map(({ name }) => `--${name}`);

/** The words that belong to no flag. */
export function wordsOf(given: Given): string[] {
  return valuesOf(given, word);
}

/** Every value of a flag that may be given more than once. */
export function valuesOf(given: Given, name: string): string[] {
  return given.filter((one) => one.name === name).map(({ value }) => value);
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

/** A word as a shell takes it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `"${text.replaceAll(/["$`\\]/g, '\\$&')}"`;
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
