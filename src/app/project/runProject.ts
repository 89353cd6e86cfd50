import type { ProjectCommand, ProjectEvent } from './projectProtocol.ts';

type Answer<C extends ProjectCommand> = Extract<
  ProjectEvent,
  { type: C['type'] extends 'write' ? 'written' : 'read' }
>;

/** Gives a command to a worker of its own, so that the page stays awake however large the file. @throws Error with the reason */
export function runProject<C extends ProjectCommand>(command: C): Promise<Answer<C>> {
  const worker = new Worker(new URL('./project.worker.ts', import.meta.url), { type: 'module' });
  return new Promise<Answer<C>>((resolve, reject) => {
    worker.onerror = ({ message }) =>
      reject(new Error(`The worker of projects stopped: ${message || 'its code could not be fetched'}.`));
    worker.onmessage = ({ data }: MessageEvent<ProjectEvent>) => {
      if (data.type === 'failed') reject(new Error(data.message));
      else resolve(data as Answer<C>);
    };
    worker.postMessage(command);
  }).finally(() => worker.terminate());
}
