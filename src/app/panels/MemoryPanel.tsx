import { bytes } from '../format.ts';
import { titleOf } from '../runs/labels.ts';
import { useLive } from '../shown.ts';
import { useLab } from '../store.ts';
import { ScrollTable } from './ScrollTable.tsx';

/** The adapter and the exact bytes of every run on it; before Run, of the run that the settings describe. */
export function MemoryPanel() {
  const gpu = useLab((state) => state.gpu);
  const live = useLive('memory').flatMap((run) =>
    run.memory ? [{ name: titleOf(run), memory: run.memory }] : [],
  );
  const planned = useLab(({ data }) => data.prepared?.memory);
  const shown = live.length > 0 ? live : planned ? [{ name: 'as set', memory: planned }] : [];
  const labels = [...new Set(shown.flatMap(({ memory }) => memory.parts.map(({ label }) => label)))];
  const total = shown.reduce((sum, { memory }) => sum + memory.bytes, 0);
  return (
    <div className="stack">
      <p>
        {gpu.status === 'ready' ? gpu.name : 'No GPU'}: <strong>{bytes(total)}</strong>{' '}
        {live.length > 0 ? 'in use' : 'would be used'}, all allocated before the first step (
        {total.toLocaleString('en')} bytes).
        {gpu.status === 'ready' && gpu.pipelines !== undefined && ` ${gpu.pipelines} pipelines are compiled.`}
      </p>
      <div className="measure">
        <ScrollTable
          label="Memory by part"
          columns={['Part', ...shown.map(({ name }) => name)]}
          rows={labels.map((label) => [
            label,
            ...shown.map(({ memory }) =>
              bytes(memory.parts.find((part) => part.label === label)?.bytes ?? 0),
            ),
          ])}
        />
      </div>
    </div>
  );
}
