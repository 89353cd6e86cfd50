import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { printed } from './printed.ts';

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));

/** Whatever the width of a table's columns. */
const bare = (page: string) =>
  page.replaceAll(/^\|.*$/gm, (line) => line.replaceAll(/ +/g, ' ').replaceAll(/-{2,}/g, '--'));

test('the tables of docs/ are what the commands above them print from docs/results', async () => {
  let all = 0;
  for (const name of (await readdir(docs)).filter((one) => one.endsWith('.md'))) {
    const text = await readFile(docs + name, 'utf8');
    const { page, tables } = await printed(text);
    expect(bare(page), `docs/${name}: npm run tables && npm run format`).toBe(bare(text));
    all += tables;
  }
  expect(all).toBeGreaterThan(0);
});
