import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { printed } from './printed.ts';

/** Prints the tables of every page of docs/ anew from the results that lie there. */
export async function main(): Promise<number> {
  const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
  for (const name of (await readdir(docs)).filter((one) => one.endsWith('.md'))) {
    const { page, tables } = await printed(await readFile(docs + name, 'utf8'));
    if (tables === 0) continue;
    await writeFile(docs + name, page);
    console.log(`docs/${name}: ${tables} ${tables === 1 ? 'table' : 'tables'}.`);
  }
  return 0;
}
