import { expect, test, vi } from 'vitest';
import { runOnnx } from '../../src/app/export/runOnnx.ts';
import { telling, useProjects } from '../../src/app/project/projectState.ts';

test('what is still being done is told when something else that began before it is over', async () => {
  let finish: (nothing: undefined) => void = () => {};
  const loaded = new Promise<undefined>((resolve) => {
    finish = resolve;
  });
  const saving = telling('Saving…', async () => undefined);
  const loading = telling('Loading…', () => loaded);
  await saving;
  expect(useProjects.getState().busy).toBe('Loading…');
  finish(undefined);
  await loading;
  expect(useProjects.getState().busy).toBeUndefined();
});

test('a generation that was cancelled while its bundle was fetched does not begin', async () => {
  const begun = vi.fn();
  vi.stubGlobal(
    'Worker',
    class {
      postMessage = begun;
      terminate() {}
    },
  );
  const command = { type: 'generate', bundle: new Uint8Array(), count: 1, seed: 0, mode: 'mean' } as const;
  const generating = runOnnx(command, { signal: AbortSignal.abort() });
  await expect(generating).rejects.toThrow('Cancelled.');
  expect(begun).not.toHaveBeenCalled();
});
