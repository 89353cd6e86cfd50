import { useMemo, useRef } from 'react';
import type { ReportRun } from '../../engine/train/reportData.ts';
import { LatentCloud } from '../charts/LatentCloud.tsx';
import { cloudTable } from '../figures/cloudTable.ts';
import { FigureMenu } from '../figures/FigureMenu.tsx';
import { latentsFrom } from '../runs/lossHistory.ts';
import { floats } from './restore.ts';

/** The latents of held-out series and sampled ones, run beside run. */
export function CloudSection({ runs }: { runs: readonly ReportRun[] }) {
  const picture = useRef<HTMLDivElement>(null);
  const drawn = useMemo(
    () =>
      runs.flatMap(({ label, config, steps, cloud }) =>
        cloud
          ? {
              ...cloud,
              ...{ label, config, step: steps },
              encoded: floats(cloud.encoded),
              sampled: floats(cloud.sampled),
            }
          : [],
      ),
    [runs],
  );
  return (
    <section aria-label="Latents" className="panel">
      <header className="row">
        <h2>Latents</h2>
        <FigureMenu
          target={picture}
          name="latents"
          caption="Latents of held-out series and sampled ones"
          table={() => cloudTable(drawn)}
        />
      </header>
      <div ref={picture} className="clouds">
        {drawn.map(({ label, config, step: _, ...cloud }) => (
          <div key={label}>
            <h3>{label}</h3>
            <LatentCloud label={`Latents of ${label}`} {...cloud} sampledFrom={latentsFrom(config)} />
          </div>
        ))}
      </div>
    </section>
  );
}
