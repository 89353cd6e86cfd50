import type { OnnxCommand, OnnxEvent } from './onnxProtocol.ts';

type Answer<C extends OnnxCommand> = Extract<
  OnnxEvent,
  { type: C['type'] extends 'generate' ? 'generated' : 'compared' }
>;

const cancelled = 'Cancelled.';
const offline =
  'onnxruntime-web is fetched from this site each time, which needs the network: go online, and try again.';

/**
 * Gives a command to a worker of its own, which loads onnxruntime-web, and ends it with the answer or when the signal says so.
 * @throws Error with the reason
 */
export function runOnnx<C extends OnnxCommand>(
  command: C,
  { onProgress, signal }: { onProgress?: (done: number) => void; signal?: AbortSignal } = {},
): Promise<Answer<C>> {
  if (signal?.aborted) return Promise.reject(new Error(cancelled));
  const worker = new Worker(new URL('./onnx.worker.ts', import.meta.url), { type: 'module' });
  return new Promise<Answer<C>>((resolve, reject) => {
    signal?.addEventListener('abort', () => reject(new Error(cancelled)));
    worker.onerror = ({ message }) =>
      reject(
        new Error(`The worker of onnxruntime-web stopped: ${message || 'its code could not be fetched'}.`),
      );
    worker.onmessage = ({ data }: MessageEvent<OnnxEvent>) => {
      if (data.type === 'progress') onProgress?.(data.done);
      else if (data.type === 'failed') reject(new Error(navigator.onLine ? data.message : offline));
      else resolve(data as Answer<C>);
    };
    worker.postMessage(command);
  }).finally(() => worker.terminate());
}
