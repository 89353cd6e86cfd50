import { noWebGpuId } from '../gpuNeed.ts';
import { useLab } from '../store.ts';
import { goToTab } from './Drawer.tsx';

/** Without WebGPU: why, and what to do about it. What works without it is said too. */
export function NoWebGpu() {
  const gpu = useLab((state) => state.gpu);
  const drawer = useLab(({ view }) => !view.embed && !view.hide.includes('drawer'));
  if (gpu.status !== 'missing') return null;
  const insecure = gpu.reason === 'no-api' && !isSecureContext;
  return (
    <section id={noWebGpuId} role="alert" className="notice warn wide" aria-label="No WebGPU">
      <h2>This page cannot train here: there is no WebGPU</h2>
      <p>
        {gpu.message} Data can be opened and looked at, the recorded runs play, the lesson can be read on
        them, and new series can be generated on the processor. Training, probes and scores need a GPU.
      </p>
      <details>
        <summary>What to do</summary>
        <ul className="bullets">
          {insecure && (
            <li>
              This address is not secure, and browsers give WebGPU to secure ones alone: use https, or
              localhost.
            </li>
          )}
          {gpu.reason === 'no-api' && !insecure && (
            <li>
              Open the page in a current Chrome, Edge, Firefox or Safari: Chrome and Edge have WebGPU since
              113, Safari since 26.
            </li>
          )}
          <li>
            Chrome on Linux: switch on <code>chrome://flags/#enable-unsafe-webgpu</code> and{' '}
            <code>#enable-vulkan</code>, then start it again.
          </li>
          <li>
            Switch on “Use graphics acceleration when available” in the browser’s settings, and update the
            graphics driver.
          </li>
          <li>
            On a machine without a GPU: <code>npm run lab -- train --data reveal --out run</code> trains in
            Node, on a software adapter.
          </li>
        </ul>
      </details>
      {drawer && (
        <div className="buttons">
          <button type="button" onClick={() => goToTab('export')}>
            Generate new series…
          </button>
        </div>
      )}
    </section>
  );
}
