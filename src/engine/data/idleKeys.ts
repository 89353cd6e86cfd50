import type { Form } from './form.ts';
import type { DataOptions } from './index.ts';

/** Keys that have no say in data of a kind, and what such data are. */
const idle: Record<Form | 'generator', { keys: readonly (keyof DataOptions)[]; are: string }> = {
  generator: {
    keys: ['id', 'time', 'features', 'group', 'part', 'items', 'labels', 'bin', 'form'],
    are: 'drawn by a formula',
  },
  table: { keys: ['items', 'labels', 'bin', 'count'], are: 'a plain table' },
  catalogue: { keys: ['items', 'labels', 'bin', 'count'], are: 'an earthquake catalogue' },
  events: { keys: ['features', 'count'], are: 'a table of measurements, and its features are data.items' },
};

/** Which keys were set and have no say. */
export function idleNotes(options: DataOptions, kind: Form | 'generator'): string[] {
  const untouched = { bin: 1, form: 'auto' } as Partial<Record<keyof DataOptions, unknown>>;
  const { keys, are } = idle[kind];
  const set = keys.filter((key) => {
    const value = options[key];
    return Array.isArray(value) ? value.length > 0 : value !== null && value !== untouched[key];
  });
  const grouped = kind !== 'generator' && options.id === null && options.group !== null;
  const names = [...set, ...(grouped ? ['group'] : [])].map((key) => `data.${key}`);
  if (names.length === 0) return [];
  const why = set.length > 0 ? `these data are ${are}` : 'the rows are one series';
  return [`${names.join(', ')} ${names.length === 1 ? 'has' : 'have'} no say here: ${why}.`];
}
