/**
 * Makes a table of the size asked for and reads it as the page and the command do: prints seconds, rows and the largest memory
 * of the process. `node test/bench/readTable.mjs [events|wide] [MiB]`; the file is deleted afterwards.
 */
import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RandomStream } from '../../src/engine/data/random.ts';
import { readSource } from '../../src/engine/data/readSource.ts';
import { fileSource } from '../../src/node/fileSource.ts';

const kinds = { events, wide } as const;

/** Rows of MIMIC-IV's chartevents, eleven columns. */
function* events(): Generator<string> {
  yield 'subject_id,hadm_id,stay_id,caregiver_id,charttime,storetime,itemid,value,valuenum,valueuom,warning';
  const random = new RandomStream(1);
  const items = [220045, 220210, 220277, 220179, 220180, 220181, 223761, 220739];
  for (let row = 0; ; row++) {
    const stay = Math.floor(row / 4000);
    const time = new Date(Date.UTC(2150, 0, 1) + 3.6e6 * ((stay % 5000) * 24) + 60_000 * (row % 4000));
    const stamp = time.toISOString().slice(0, 19).replace('T', ' ');
    const value = (50 + 60 * random.uniform()).toFixed(1);
    const [subject, hadm] = [10_000_000 + Math.floor(stay / 2), 20_000_000 + stay];
    yield `${subject},${hadm},${30_000_000 + stay},${row % 997},${stamp},${stamp},${items[row % items.length]},${value},${value},bpm,0`;
  }
}

/** Ten columns of measurements to three places, and a time. */
function* wide(): Generator<string> {
  const names = Array.from({ length: 10 }, (_, d) => `x${d}`);
  yield `time,${names.join(',')}`;
  const random = new RandomStream(1);
  for (let row = 0; ; row++) {
    const time = new Date(Date.UTC(2000, 0, 1) + 1000 * row).toISOString().slice(0, 19);
    yield `${time},${names.map(() => (200 * random.uniform() - 100).toFixed(3)).join(',')}`;
  }
}

async function make(path: string, lines: Generator<string>, size: number): Promise<void> {
  const stream = createWriteStream(path);
  let written = 0;
  while (written < size) {
    let piece = '';
    while (piece.length < 2 ** 20) piece += `${lines.next().value}\n`;
    written += piece.length;
    if (!stream.write(piece)) await new Promise<void>((done) => stream.once('drain', () => done()));
  }
  await new Promise<void>((done) => stream.end(() => done()));
}

/** @param args kind, MiB, and the file where it is made already */
export async function main(args: readonly string[]): Promise<number> {
  const [kind = 'events', mebibytes = '1024', made] = args;
  const path = made ?? join(tmpdir(), `posterior-lab-${process.pid}.csv`);
  if (!made) {
    const lines = kinds[kind as keyof typeof kinds];
    if (!lines) throw new RangeError(`no kind '${kind}'; there are ${Object.keys(kinds).join(', ')}`);
    await make(path, lines(), Number(mebibytes) * 2 ** 20);
    // Read by a process of its own, so that what making it took is not counted.
    const { spawnSync } = await import('node:child_process');
    spawnSync(process.execPath, [process.argv[1] as string, kind, mebibytes, path], { stdio: 'inherit' });
    await rm(path);
  } else {
    const began = performance.now();
    const source = await fileSource(path);
    let reports = 0;
    const table = await readSource(source, { onProgress: () => reports++ });
    await source.close?.();
    const seconds = (performance.now() - began) / 1000;
    const peak = process.resourceUsage().maxRSS / 1024;
    const { size } = await stat(path);
    console.log(
      `${kind}: ${(size / 2 ** 20).toFixed(0)} MiB, ${table.count.toLocaleString('en')} rows of ${table.columns.length} columns in ${seconds.toFixed(1)} s, ` +
        `${(size / 2 ** 20 / seconds).toFixed(0)} MiB/s; largest memory ${peak.toFixed(0)} MiB; ${reports} reports of progress.`,
    );
  }
  return 0;
}
