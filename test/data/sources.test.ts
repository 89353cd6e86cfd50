import { readFileSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readText } from '../../src/engine/data/delimited.ts';
import { generate, generatorNames } from '../../src/engine/data/generators.ts';
import { loadSeries } from '../../src/engine/data/index.ts';
import { sources } from '../../src/engine/data/sources.ts';
import { defaults } from '../../src/engine/train/config.ts';
import { loadData } from './loadData.ts';

const publicFile = (path: string) => new URL(`../../public/${path}`, import.meta.url);
const readBytes = async (path: string) => new Uint8Array(readFileSync(publicFile(path)));
const samples = sources.filter(({ kind }) => kind === 'sample');
const optionsOf = (source: string, window: number) => ({ ...defaults.data, source, window, stride: window });

test('every generator is in the gallery, with the size and features it has', () => {
  const listed = sources.filter(({ kind }) => kind === 'generator');
  expect(listed.map(({ name }) => name)).toEqual(generatorNames);
  for (const { name, features, series, rows, window, tex } of listed) {
    const set = generate(name, { seed: 0 });
    expect([set.features, set.series.length]).toEqual([features, series]);
    expect(set.series.reduce((sum, { length }) => sum + length, 0)).toBe(rows);
    expect(set.series[0]?.length).toBe(window);
    expect(tex).toMatch(/^x_/);
  }
});

test.each(samples)(
  '$name: the file has the series, rows, features and values of its entry',
  async (source) => {
    const { name, window, features, series, rows, path = '', glimpse } = source;
    const { set, mapping } = await loadSeries(optionsOf(name, window), readBytes);
    expect(set.features).toEqual(features);
    expect(set.series.length).toBe(series);
    expect(set.series.reduce((sum, { length }) => sum + length, 0)).toBe(rows);
    expect(mapping?.id).toBe(series > 1 ? 'series' : null);
    const table = readText(new TextDecoder().decode(await readBytes(path)));
    const column = table.columns.indexOf(glimpse?.feature ?? '');
    const values = glimpse?.values.map((_, i) => table.cells[column]?.number(i * glimpse.every));
    expect(values).toEqual(glimpse?.values);
  },
);

test.each(samples)('$name: it can be trained on as it is opened', async ({ name, window }) => {
  const data = await loadData(optionsOf(name, window), readBytes);
  for (const part of [data.train, data.validation, data.test]) expect(part.count).toBeGreaterThan(3);
});

test.each(samples)('$name: its source, licence and making are told', ({ path = '', licence, source }) => {
  const readme = readFileSync(publicFile('samples/README.md'), 'utf8');
  expect(readme).toContain(`| ${path.replace('samples/', '')} |`);
  expect([licence, source].every((text) => text.length > 3)).toBe(true);
  expect(statSync(publicFile(path)).size).toBeLessThan(320_000);
});
