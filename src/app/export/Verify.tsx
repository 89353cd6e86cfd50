import { useState } from 'react';
import { type Differences, parityTolerance } from '../../engine/export/onnx/compare.ts';
import { messageOf } from '../../engine/messageOf.ts';
import { power } from '../format.ts';
import { lab } from '../lab.ts';
import type { Provider } from './onnxProtocol.ts';
import { runOnnx } from './runOnnx.ts';

const providers: readonly { provider: Provider; label: string }[] = [
  { provider: 'wasm', label: 'WebAssembly' },
  { provider: 'webgpu', label: 'WebGPU' },
];

type Outcome = { differences: Differences } | { problem: string };

/** Runs the exported graphs of a run with onnxruntime-web, on the processor and on the GPU, and compares with our kernels. */
export function Verify({ run }: { run: string }) {
  const [busy, setBusy] = useState(false);
  const [outcomes, setOutcomes] = useState<Partial<Record<Provider, Outcome>>>({});
  const [problem, setProblem] = useState<string>();
  const verify = async () => {
    setBusy(true);
    setProblem(undefined);
    setOutcomes({});
    try {
      const compared = await lab.exports.parityCase(run);
      for (const { provider } of providers) {
        const outcome = await runOnnx({ type: 'compare', provider, compared } as const).then(
          ({ differences }): Outcome => ({ differences }),
          (error: Error): Outcome => ({ problem: error.message }),
        );
        setOutcomes((before) => ({ ...before, [provider]: outcome }));
      }
    } catch (error) {
      setProblem(messageOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <button
        type="button"
        disabled={busy}
        title="Runs the exported graphs with onnxruntime-web (fetched on first use, 14 and 27 MB) and compares with the kernels"
        onClick={verify}
      >
        {busy ? 'Verifying…' : 'Verify'}
      </button>
      <div role="status" data-testid="verified">
        {problem && <p>{`Nothing was verified: ${problem}`}</p>}
        {providers.map(({ provider, label }) => {
          const outcome = outcomes[provider];
          return outcome && <p key={provider}>{`${label}: ${sentence(outcome)}`}</p>;
        })}
      </div>
    </>
  );
}

function sentence(outcome: Outcome): string {
  if ('problem' in outcome) return `the graphs did not run: ${outcome.problem}`;
  const entries = Object.entries(outcome.differences) as [string, number][];
  const parts = entries.map(([name, difference]) => `${name} ${power(difference, 1)}`).join(', ');
  const good = entries.every(([, difference]) => difference < parityTolerance);
  return `largest difference from our kernels: ${parts}. ${good ? 'The export is what was trained.' : `More than ${parityTolerance}: do not use this export.`}`;
}
