import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../src/node/main.ts';

/** A block of commands, and the table below it. */
const printedTable = /^```\n([^`]*?npm run lab -- table docs\/results\/[^`]*)```\n([\s\S]*?)((?:^\|.*\n)+)/gm;

/** A page with every table that its commands print from committed results put in anew, and how many there were. */
export async function printed(page: string): Promise<{ page: string; tables: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'tables-'));
  try {
    let [text, tables, end] = ['', 0, 0];
    for (const found of page.matchAll(printedTable)) {
      const [whole, commands = '', between = ''] = found;
      const out = join(folder, `${tables++}.md`);
      const command = commands
        .replaceAll(/\\\n\s*/g, '')
        .split('\n')
        .findLast((line) => line.includes('lab -- table'));
      const code = await main([...wordsOf(command ?? '').slice(4), '--out', out]);
      if (code !== 0) throw new Error(`'${command}' ended with ${code}`);
      const table = (await readFile(out, 'utf8')).match(/^\|.*\n/gm)?.join('') ?? '';
      text += `${page.slice(end, found.index)}\`\`\`\n${commands}\`\`\`\n${between}${table}`;
      end = found.index + whole.length;
    }
    return { page: text + page.slice(end), tables };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The words of a command line; quotes keep spaces. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/(?:[^\s"]|"[^"]*")+/g)].map(([word]) => word.replaceAll('"', ''));
}
