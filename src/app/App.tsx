import { DataPanel } from './panels/DataPanel.tsx';
import { DependencePanel } from './panels/DependencePanel.tsx';
import { AddressNotice, FailureNotice } from './panels/FailureNotice.tsx';
import { LogPanel } from './panels/LogPanel.tsx';
import { LossPanel } from './panels/LossPanel.tsx';
import { ModelPanel } from './panels/ModelPanel.tsx';
import { NoWebGpu } from './panels/NoWebGpu.tsx';
import { RunBar } from './panels/RunBar.tsx';
import { SeriesPanel } from './panels/SeriesPanel.tsx';
import { useLab } from './store.ts';

/** One screen: what to train on the left, whether the decoder listens in the middle, what it makes on the right. */
export function App() {
  return (
    <div className="app">
      <header className="top">
        <div className="brand">
          <h1>Posterior Lab</h1>
          <AdapterName />
        </div>
        <RunBar />
      </header>
      <main className="grid">
        <div className="notices">
          <NoWebGpu />
          <FailureNotice />
          <AddressNotice />
        </div>
        <div className="column setup">
          <DataPanel />
          <ModelPanel />
        </div>
        <div className="column centre">
          <DependencePanel />
          <LossPanel />
        </div>
        <div className="column side">
          <SeriesPanel />
          <LogPanel />
        </div>
      </main>
    </div>
  );
}

function AdapterName() {
  const gpu = useLab((state) => state.gpu);
  const text =
    gpu.status === 'ready' ? gpu.name : gpu.status === 'probing' ? 'looking for a GPU' : 'no WebGPU';
  return (
    <p className="fine adapter" data-testid="adapter" title={text}>
      {text}
    </p>
  );
}
