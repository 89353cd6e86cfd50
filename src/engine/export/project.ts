import { strFromU8, strToU8, type Zippable, zipSync } from 'fflate';
import * as v from 'valibot';
import { crc32 } from './crc32.ts';
import { schemaProblem } from './schemaProblem.ts';
import { inMebibytes, largest, unzipped, type ZipKind } from './unzipped.ts';

/** The entry that tells a project from other zip files. */
const projectEntry = 'project.json';

/** A file of the user's that runs were trained on, or what is needed to know it again. */
export interface ProjectFile {
  name: string;
  /** Bytes. */
  size: number;
  /** Of its content. */
  crc32: string;
  /** Absent where the project only refers to the file. */
  content?: Uint8Array;
}

/** The data that were open. */
export interface ProjectData {
  /** Name of the built-in data set, or of the file. */
  source: string;
  /** The user's own file; absent where the data are built in. */
  table?: ProjectFile;
  /** The file with names for the items of the table. */
  labels?: ProjectFile;
}

/** A run of a project. Its settings, and all that was measured, are in its file. */
export interface ProjectRun {
  name: string;
  /** Title of its data set. */
  dataset: string;
  /** Drawn in the charts. */
  shown: boolean;
  pinned: boolean;
  /** See train/checkpoint: with its weights and optimiser state, or what it reported alone. */
  file: Uint8Array;
}

/** Runs and the data they were trained on, as one file holds them. */
export interface Project {
  /** Version of the program that wrote it. */
  program: string;
  data: ProjectData;
  /** Oldest first. */
  runs: ProjectRun[];
}

/** A file that is no project, or a damaged one: one sentence with place and reason. */
export class ProjectError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ProjectError';
  }
}

const kind: ZipKind = { name: 'project', whole: 'a project of Posterior Lab', Failure: ProjectError };

/** The version of project.json, and how one of an earlier version becomes one of the next, by the version it has. */
export interface Layout {
  version: number;
  migrations: Readonly<Record<number, (old: Record<string, unknown>) => Record<string, unknown>>>;
}

const current: Layout = { version: 1, migrations: {} };
const format = 'posterior-lab project';

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(300));
const fileSchema = v.strictObject({
  name: text,
  size: v.pipe(v.number(), v.integer(), v.minValue(0)),
  crc32: v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/)),
  path: v.optional(v.pipe(text, v.startsWith('data/'))),
});
const schema = v.strictObject({
  format: v.literal(format),
  version: v.number(),
  program: text,
  data: v.strictObject({ source: text, table: v.optional(fileSchema), labels: v.optional(fileSchema) }),
  runs: v.array(
    v.strictObject({
      name: text,
      dataset: text,
      shown: v.boolean(),
      pinned: v.boolean(),
      path: v.pipe(text, v.startsWith('runs/')),
    }),
  ),
});
type Manifest = v.InferInput<typeof schema>;

/** What to call a project by the name of its file. */
export function projectTitle(fileName: string): string {
  return fileName.replace(/(\.posterior-lab)?\.zip$/i, '');
}

/**
 * One file, .posterior-lab.zip: project.json, `runs/N.safetensors`, and `data/` where the data are in it. The same project gives
 * the same bytes.
 * @throws ProjectError where it could not be read again
 */
export function writeProject({ program, data, runs }: Project): Uint8Array<ArrayBuffer> {
  const entries: Record<string, Uint8Array> = {};
  const described = (role: string, file: ProjectFile | undefined) => {
    if (!file) return undefined;
    const { content, ...rest } = file;
    if (!content) return rest;
    const path = `data/${role}/${file.name}`;
    entries[path] = content;
    return { ...rest, path };
  };
  const manifest: Manifest = {
    format,
    version: current.version,
    program,
    data: {
      source: data.source,
      table: described('table', data.table),
      labels: described('labels', data.labels),
    },
    runs: runs.map(({ file, ...run }, n) => {
      const path = `runs/${n + 1}.safetensors`;
      entries[path] = file;
      return { ...run, path };
    }),
  };
  const size = Object.values(entries).reduce((sum, { length }) => sum + length, 0);
  if (size > largest.bytes || runs.length + 3 > largest.entries) {
    throw new ProjectError(
      `The project has ${runs.length} runs and ${inMebibytes(size)}, and at most ${largest.entries - 3} and ${inMebibytes(largest.bytes)} can be read again: leave out the data, or delete runs.`,
    );
  }
  const checked = v.safeParse(schema, manifest);
  if (!checked.success) throw notWritten(`${schemaProblem(checked.issues[0])} in its ${projectEntry}`);
  const head = strToU8(`${JSON.stringify(manifest, null, 2)}\n`);
  if (head.length > largest.text)
    throw notWritten(
      `its ${projectEntry} has ${inMebibytes(head.length)}, and at most ${inMebibytes(largest.text)} are read: delete runs`,
    );
  const files: Zippable = { [projectEntry]: head };
  for (const [path, bytes] of Object.entries(entries)) {
    // Runs are float32 numbers, which shrink by a twelfth at the most, and slowly; tables are text.
    files[path] = [bytes, { level: path.startsWith('runs/') ? 0 : 6 }];
  }
  return zipSync(files, { mtime: '2000-01-01' }) as Uint8Array<ArrayBuffer>;
}

/**
 * Reads a project; the runs' files stay as they are.
 * @param layout the one that this program knows
 * @throws ProjectError saying where it is not a project, and why
 */
export function readProject(bytes: Uint8Array, layout: Layout = current): Project {
  const manifest = parseManifest(
    unzipped(bytes, new Set([projectEntry]), largest.text, kind)[projectEntry],
    layout,
  );
  const { program, data, runs } = manifest;
  const paths = [...runs, data.table, data.labels].flatMap((one) => one?.path ?? []);
  const wanted = new Set(paths);
  if (wanted.size < paths.length)
    throw new ProjectError(`${projectEntry} names one file twice: it is damaged.`);
  const entries = unzipped(bytes, wanted, largest.bytes, kind);
  const entry = (path: string): Uint8Array => {
    const found = entries[path];
    if (!found)
      throw new ProjectError(
        `The project has no '${path}', which its ${projectEntry} names: it is not whole.`,
      );
    return found;
  };
  const file = (stored: Manifest['data']['table']): ProjectFile | undefined => {
    if (!stored) return undefined;
    const { path, ...rest } = stored;
    if (path === undefined) return rest;
    const content = entry(path);
    if (content.length !== rest.size || crc32(content) !== rest.crc32)
      throw new ProjectError(`'${path}' is damaged: its checksum does not fit its content.`);
    return { ...rest, content };
  };
  const [table, labels] = [file(data.table), file(data.labels)];
  return {
    program,
    data: { source: data.source, ...(table && { table }), ...(labels && { labels }) },
    runs: runs.map(({ path, ...run }) => ({ ...run, file: entry(path) })),
  };
}

function parseManifest(file: Uint8Array | undefined, layout: Layout): v.InferOutput<typeof schema> {
  if (!file)
    throw new ProjectError(`This is not a project of Posterior Lab: the zip file has no ${projectEntry}.`);
  let value: Record<string, unknown> | null = null;
  try {
    value = JSON.parse(strFromU8(file));
  } catch {
    // Said below.
  }
  if (value?.format !== format)
    throw new ProjectError(`This is not a project of Posterior Lab: its ${projectEntry} is another.`);
  const { version, program } = value;
  if (!Number.isSafeInteger(version) || (version as number) < 1)
    throw new ProjectError(`${projectEntry} has no version that this program knows: it is damaged.`);
  if ((version as number) > layout.version) {
    throw new ProjectError(
      `${projectEntry} has version ${version}, written by Posterior Lab ${String(program).slice(0, 20)}, and this one reads up to ${layout.version}: update it.`,
    );
  }
  for (let n = version as number; n < layout.version; n++) {
    value = { ...layout.migrations[n]?.(value), version: n + 1 };
  }
  const result = v.safeParse(schema, value);
  if (!result.success)
    throw new ProjectError(`${projectEntry} cannot be read: ${schemaProblem(result.issues[0])}.`);
  return result.output;
}

function notWritten(reason: string): ProjectError {
  return new ProjectError(`The project is not saved, since it could not be opened again: ${reason}.`);
}
