import { version } from '../../../package.json';
import { type ProjectFile, readProject, writeProject } from '../../engine/export/project.ts';
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
  answer.then(scope.postMessage, (error) =>
    scope.postMessage({ type: 'failed', message: error instanceof Error ? error.message : String(error) }),
  );
};

async function write({ data, runs }: Extract<ProjectCommand, { type: 'write' }>): Promise<ProjectEvent> {
  const { source, table, labels, included } = data;
  const stored = async (file: File): Promise<ProjectFile> => {
    const { name, size } = file;
    return { name, size, crc32: await crcOf(file), ...(included && { content: await bytesOf(file) }) };
  };
  const files = await Promise.all(
    runs.map(async ({ content, ...run }) => ({ ...run, file: await runFile(content) })),
  );
  const known = {
    source,
    ...(table && { table: await stored(table) }),
    ...(labels && { labels: await stored(labels) }),
  };
  const bytes = writeProject({ program: version, data: known, runs: files });
  return { type: 'written', file: new Blob([bytes], { type: 'application/zip' }) };
}

async function runFile(content: RunToSave['content']): Promise<Uint8Array> {
  if ('config' in content) return writeReports(content.config, writeHistory(content.history));
  const { checkpoint } = content;
  return checkpoint instanceof Blob ? bytesOf(checkpoint) : checkpoint;
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
