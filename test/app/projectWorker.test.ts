import { expect, test, vi } from 'vitest';
import type { ProjectCommand, ProjectEvent, RunToSave } from '../../src/app/project/projectProtocol.ts';
import { readProject } from '../../src/engine/export/project.ts';
import { tinyProject } from '../tinyProject.ts';

const scope = {
  onmessage: (_: { data: ProjectCommand }) => {},
  postMessage: (_: ProjectEvent) => {},
};
vi.stubGlobal('self', scope);
await import('../../src/app/project/project.worker.ts');

/** The worker's answer to a command. */
const answer = (data: ProjectCommand): Promise<ProjectEvent> =>
  new Promise((resolve) => {
    scope.postMessage = resolve;
    scope.onmessage({ data });
  });
const whole = tinyProject.runs[0]?.file as Uint8Array;
const run = (name: string, checkpoint: Uint8Array): RunToSave => {
  return { name, dataset: 'Reveal', shown: true, pinned: false, content: { checkpoint } };
};

test('a damaged run and a file that cannot be read any more do not keep the others from being saved', async () => {
  const wrong = whole.slice();
  wrong[wrong.length - 5] = (wrong.at(-5) ?? 0) ^ 1;
  const table = new File(['x\n1\n'], 'own.csv');
  table.slice = () => {
    throw new DOMException('It has changed.', 'NotReadableError');
  };
  const data = { source: 'own.csv', included: true, table };
  const written = await answer({ type: 'write', data, runs: [run('owl', wrong), run('lynx', whole)] });
  if (written.type !== 'written') throw new Error(JSON.stringify(written));
  expect(written.runs).toBe(1);
  expect(written.problems).toEqual([
    'The run owl was left out. The checkpoint is damaged: its checksum does not fit its content.',
    'own.csv cannot be read any more, so the project does not know it: open it again, and save again.',
  ]);
  const project = readProject(new Uint8Array(await written.file.arrayBuffer()));
  expect(project.data).toEqual({ source: 'own.csv' });
  expect(project.runs.map(({ name, file }) => [name, file])).toEqual([['lynx', whole]]);
});
