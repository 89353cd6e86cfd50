import { bytes } from '../format.ts';
import { titleOf } from '../runs/labels.ts';
import { useLive } from '../shown.ts';
import { useLab } from '../store.ts';
import { ScrollTable } from './ScrollTable.tsx';

/** The adapter and the exact bytes of every run on it; before Run, of the run that the settings describe. */
export function MemoryPanel() {
  const gpu = useLab((state) => state.gpu);
  const live = useLive('needs').flatMap((run) =>
    run.needs ? [{ name: titleOf(run), needs: run.needs }] : [],
  );
  const planned = useLab(({ data }) => data.prepared?.needs);
  const shown = live.length > 0 ? live : planned ? [{ name: 'as set', needs: planned }] : [];
  const labels = [...new Set(shown.flatMap(({ needs }) => needs.parts.map(({ label }) => label)))];
  const total = shown.reduce((sum, { needs }) => sum + needs.bytes, 0);
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
            ...shown.map(({ needs }) => bytes(needs.parts.find((part) => part.label === label)?.bytes ?? 0)),
          ])}
        />
      </div>
    </div>
  );
}
