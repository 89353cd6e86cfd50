import { type Flag, type Given, valuesOf } from './flags.ts';
import { UsageError } from './usageError.ts';

/** Narrows an experiment, or the results of one, on an axis. */
export const axisFlag: Flag = {
  name: 'axis',
  value: 'NAME=A,B',
  many: true,
  help: 'only these labels, or values, of an axis; may be repeated',
};

/** What {@link axisFlag} was given, axis by axis. @throws UsageError where it is no `name=value` */
export function axesGiven(given: Given): [axis: string, labels: string[]][] {
  return valuesOf(given, 'axis').map((text) => {
    const [name, values] = nameAndValue('axis', text);
    return [name, values.split(',').map((value) => value.trim())];
  });
}

/** Parts the text of a flag. @throws UsageError where it is no `name=value` */
export function nameAndValue(flag: string, text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1)
    throw new UsageError(`'--${flag} ${text}' is not of the form name=value.`);
  return [text.slice(0, at).trim(), text.slice(at + 1)];
}
