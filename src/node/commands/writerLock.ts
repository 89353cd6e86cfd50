import {
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UsageError } from './usageError.ts';
import { partialOf } from './wholeFile.ts';

/** Who writes. */
interface Holder {
  host: string;
  process: number;
  since: string;
  /** The host as it was started, and the space its process numbers are of: containers and nodes may share a name. */
  machine: string;
}

/** Milliseconds between two signs of life, and without one after which a holder is taken for dead. */
const [beat, patience] = [10_000, 60_000];
/** Milliseconds in which a second process that takes the same lock over at the same time has done so. */
const settles = 200;

/**
 * Lets one process at a time write to a file or a folder, on any machine that shares it: `PATH.lock` beside it says who does,
 * and is touched while the process lives. The lock of a process that was killed is taken over: at once on the same machine,
 * elsewhere when it has not been touched for a minute.
 */
export class WriterLock {
  readonly #path: string;
  readonly #text: string;
  readonly #beating: NodeJS.Timeout;
  readonly #atExit = () => this.release();

  private constructor(
    readonly target: string,
    text: string,
  ) {
    this.#path = lockOf(target);
    this.#text = text;
    this.#beating = setInterval(() => this.#touch(), beat).unref();
    process.on('exit', this.#atExit);
  }

  /**
   * @param wait milliseconds without a sign of life after which a holder is taken for dead
   * @throws UsageError where a living process has it
   */
  static async take(target: string, wait = patience): Promise<WriterLock> {
    const path = lockOf(target);
    mkdirSync(dirname(path), { recursive: true });
    const text = `${JSON.stringify({ host: hostname(), process: process.pid, since: new Date().toISOString(), machine: machine() } satisfies Holder)}\n`;
    let seen: { text: string; touched: number; at: number } | undefined;
    for (;;) {
      if (write(path, text)) return new WriterLock(target, text);
      const there = look(path);
      if (!there) continue; // it has just been released
      const moved = seen?.text !== there.text || seen.touched !== there.touched;
      if (moved && (seen || isAlive(there))) throw busy(target, there.text);
      seen ??= { ...there, at: performance.now() };
      if (isDead(there) || performance.now() - seen.at > wait) {
        const own = partialOf(path);
        writeFileSync(own, text);
        renameSync(own, path);
        await sleep(settles); // of several that do this the last one has it
        if (look(path)?.text === text) return new WriterLock(target, text);
        continue;
      }
      if (moved)
        console.error(
          `${target} was being written by ${named(there.text)}: waiting to see whether that lives.`,
        );
      await sleep(Math.min(1000, wait / 4));
    }
  }

  /** @throws UsageError where another process has taken the lock over, as after a long sleep of this one */
  check(): void {
    const there = look(this.#path);
    if (there ? there.text !== this.#text : !write(this.#path, this.#text))
      throw busy(this.target, there?.text);
  }

  release(): void {
    clearInterval(this.#beating);
    process.off('exit', this.#atExit);
    if (look(this.#path)?.text === this.#text) rmSync(this.#path, { force: true });
  }

  #touch(): void {
    const now = new Date();
    try {
      if (look(this.#path)?.text === this.#text) utimesSync(this.#path, now, now);
    } catch {
      // Said by check() if it matters.
    }
  }
}

function lockOf(target: string): string {
  return `${target.replace(/[/\\]+$/, '')}.lock`;
}

/** False where the file is there already. */
function write(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function look(path: string): { text: string; touched: number } | undefined {
  try {
    return { text: readFileSync(path, 'utf8'), touched: statSync(path).mtimeMs };
  } catch {
    return undefined;
  }
}

/** Undefined where a process was killed while it wrote its name. */
function holderOf(text: string): Holder | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Known only of a process of this machine. */
function isDead({ text }: { text: string }): boolean {
  const holder = holderOf(text);
  if (holder?.machine !== machine()) return false;
  if (holder.process === process.pid) return Date.parse(holder.since) < Date.now() - 1000 * process.uptime();
  return !exists(holder.process);
}

/** A process of this machine that has given a sign of life; its number alone may be another's by now. */
function isAlive({ text, touched }: { text: string; touched: number }): boolean {
  const holder = holderOf(text);
  return holder?.machine === machine() && !isDead({ text }) && Date.now() - touched < patience;
}

function exists(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function machine(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${hostname()} ${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname(); // no Linux
  }
}

function named(text: string | undefined): string {
  const holder = text === undefined ? undefined : holderOf(text);
  return holder ? `process ${holder.process} on ${holder.host} (since ${holder.since})` : 'another process';
}

function busy(target: string, text: string | undefined): UsageError {
  return new UsageError(
    `'${target}' is being written by ${named(text)}: let it end, or name another --out; two at once would spoil it.`,
  );
}
