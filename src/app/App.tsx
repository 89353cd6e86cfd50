import { DropAnywhere } from './data/DropAnywhere.tsx';
import { lab } from './lab.ts';
import { DataPanel } from './panels/DataPanel.tsx';
import { DependencePanel } from './panels/DependencePanel.tsx';
import { Drawer } from './panels/Drawer.tsx';
import { AddressNotice, FailureNotice } from './panels/FailureNotice.tsx';
import { FirstMinute } from './panels/FirstMinute.tsx';
import { LatentPanel } from './panels/LatentPanel.tsx';
import { ModelPanel } from './panels/ModelPanel.tsx';
import { NoWebGpu } from './panels/NoWebGpu.tsx';
import { ProbesPanel } from './panels/ProbesPanel.tsx';
import { RunBar } from './panels/RunBar.tsx';
import { SeriesPanel } from './panels/SeriesPanel.tsx';
import { hasNews, useProjects } from './project/projectState.ts';
import { useQuiet } from './quiet.ts';
import { Later, later, useEver } from './shell/Later.tsx';
import { useSheet } from './shell/sheet.ts';
import { Tools } from './shell/Tools.tsx';
import { UndoToast } from './shell/UndoToast.tsx';
import { useHiddenNotice } from './shell/useHiddenNotice.ts';
import { useShortcuts } from './shell/useShortcuts.ts';
import { useWakeLock } from './shell/useWakeLock.ts';
import { isBusy, useLab } from './store.ts';

const LessonPanel = later(() => import('./lesson/LessonPanel.tsx'), 'LessonPanel');
const KeptNotice = later(() => import('./keep/KeptNotice.tsx'), 'KeptNotice');
const Updates = later(() => import('./shell/Updates.tsx'), 'Updates');
const ProjectNotice = later(() => import('./project/ProjectNotice.tsx'), 'ProjectNotice');
const KeyboardSheet = later(() => import('./shell/KeyboardSheet.tsx'), 'KeyboardSheet');

/** One screen: what to train on the left, whether the decoders listen in the middle, what z holds on the right. */
export function App() {
  const { embed, hide, lesson } = useLab(({ view }) => view);
  useShortcuts();
  useWakeLock(useLab(isBusy));
  useHiddenNotice((line) => lab.runs.note(line));
  const quiet = useQuiet();
  const learning = useEver(lesson !== null);
  const projects = useEver(useProjects(hasNews));
  const reading = useEver(useSheet(({ open }) => open));
  const side = lesson !== null || (!embed && !(hide.includes('probes') && hide.includes('latents')));
  const setup = !embed && !(hide.includes('data') && hide.includes('model'));
  const setupColumn = setup && (
    <div key="setup" className="column setup">
      {!hide.includes('data') && <DataPanel />}
      {!hide.includes('model') && <ModelPanel />}
    </div>
  );
  // In one narrow column a lesson stands next to the chart that it speaks of, before the setup.
  const sideColumn = side && (
    <div key="side" className="column side">
      {learning && (
        <Later>
          <LessonPanel />
        </Later>
      )}
      {!embed && !hide.includes('probes') && <ProbesPanel />}
      {!embed && !hide.includes('latents') && <LatentPanel />}
    </div>
  );
  return (
    <div className="app" data-embed={embed || undefined}>
      <header className="top">
        <div className="brand">
          <h1>Posterior Lab</h1>
          <AdapterName />
        </div>
        <RunBar />
        {!embed && <Tools />}
      </header>
      <main className="grid">
        <div className="notices">
          <NoWebGpu />
          <FailureNotice />
          <AddressNotice />
          {projects && (
            <Later>
              <ProjectNotice />
            </Later>
          )}
          {quiet && (
            <Later>
              <KeptNotice />
              <Updates />
            </Later>
          )}
        </div>
        <div className="column centre">
          {!embed && <FirstMinute />}
          <DependencePanel />
          <SeriesPanel />
        </div>
        {lesson === null ? [setupColumn, sideColumn] : [sideColumn, setupColumn]}
      </main>
      {!embed && !hide.includes('drawer') && <Drawer />}
      <UndoToast />
      <DropAnywhere />
      {reading && (
        <Later>
          <KeyboardSheet />
        </Later>
      )}
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
