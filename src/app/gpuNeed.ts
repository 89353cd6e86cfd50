import { useLab } from './store.ts';

/** The notice that says why there is no GPU and what to do about it. */
export const noWebGpuId = 'no-webgpu';

/**
 * The title of a control that needs a GPU, and where there is none the reason in its place, with the notice that explains it.
 */
export function useGpuNeed(): (title: string) => { title: string; 'aria-describedby'?: string } {
  const missing = useLab(({ gpu }) => gpu.status === 'missing');
  return (title) =>
    missing
      ? { title: `Needs a GPU, and this browser offers no WebGPU. ${title}`, 'aria-describedby': noWebGpuId }
      : { title };
}
