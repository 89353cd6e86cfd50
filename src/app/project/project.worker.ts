import { version } from '../../../package.json';
import {
  type ProjectData,
  type ProjectFile,
  type ProjectRun,
  readProject,
  writeProject,
} from '../../engine/export/project.ts';
import { messageOf } from '../../engine/messageOf.ts';
import { CheckpointError, readRun, writeReports } from '../../engine/train/checkpoint.ts';
import { writeHistory } from '../../engine/train/history.ts';
import { crcOf } from './crcOf.ts';
import type {
  KnownFile,
  OpenedProject,
  OpenedRun,
  ProjectCommand,
  ProjectEvent,
  RunToSave,
} from './projectProtocol.ts';

/** The part of a worker's global scope that is used here; the page's own types describe a window. */
const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ProjectCommand>) => void) | null;
  postMessage(message: ProjectEvent): void;
};

scope.onmessage = ({ data: command }) => {
  const answer = command.type === 'write' ? write(command) : read(command.file);
  answer.then(scope.postMessage, (error) => scope.postMessage({ type: 'failed', message: messageOf(error) }));
};

async function write({ data, runs }: Extract<ProjectCommand, { type: 'write' }>): Promise<ProjectEvent> {
  const { source, table, labels, included } = data;
  const problems: string[] = [];
  const files: ProjectRun[] = [];
  for (const { content, ...run } of runs) {
    try {
      files.push({ ...run, file: await runFile(content) });
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      problems.push(`The run ${run.name} was left out. ${error.message}`);
    }
  }
  const known: ProjectData = { source };
  try {
    if (table) known.table = await stored(table, included);
    if (labels) known.labels = await stored(labels, included);
  } catch {
    delete known.table;
    problems.push(
      `${source} cannot be read any more, so the project does not know it: open it again, and save again.`,
    );
  }
  const bytes = writeProject({ program: version, data: known, runs: files });
  const file = new Blob([bytes], { type: 'application/zip' });
  return { type: 'written', file, runs: files.length, problems };
}

async function stored(file: File, included: boolean): Promise<ProjectFile> {
  const { name, size } = file;
  return { name, size, crc32: await crcOf(file), ...(included && { content: await bytesOf(file) }) };
}

/** @throws CheckpointError where it could not be read again: one such run would keep the whole project shut */
async function runFile(content: RunToSave['content']): Promise<Uint8Array> {
  if ('config' in content) return writeReports(content.config, writeHistory(content.history));
  const { checkpoint } = content;
  const file = checkpoint instanceof Blob ? await bytesOf(checkpoint) : checkpoint;
  readRun(file);
  return file;
}

async function read(file: Blob): Promise<ProjectEvent> {
  const { data, runs } = readProject(await bytesOf(file));
  const known = ({ content, ...rest }: ProjectFile): KnownFile => ({
    ...rest,
    ...(content && { file: new File([content as BlobPart], rest.name) }),
  });
  const project: OpenedProject = {
    data: {
      source: data.source,
      ...(data.table && { table: known(data.table) }),
      ...(data.labels && { labels: known(data.labels) }),
    },
    runs: runs.map(openedRun),
  };
  return { type: 'read', project };
}

function openedRun({ file, ...run }: ReturnType<typeof readProject>['runs'][number]): OpenedRun {
  try {
    const { config, checkpoint, history } = readRun(file);
    const saved = checkpoint && { step: checkpoint.counters.step, file: new Blob([file as BlobPart]) };
    return { ...run, config, history, ...(saved && { saved }) };
  } catch (error) {
    if (error instanceof CheckpointError) throw new Error(`The run '${run.name}': ${error.message}`);
    throw error;
  }
}

async function bytesOf(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await blob.arrayBuffer());
}
