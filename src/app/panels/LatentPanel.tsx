import { useRef } from 'react';
import { LatentCloud as CloudChart } from '../charts/LatentCloud.tsx';
import { FigureMenu } from '../figures/FigureMenu.tsx';
import { labelOf } from '../runs/labels.ts';
import { at } from '../runs/runView.ts';
import { useShown } from '../shown.ts';
import { useLab } from '../store.ts';

/** The latents of held-out series and of the diffusion on the plane where the former vary most, against N(0, I). */
export function LatentPanel() {
  const runs = useShown('clouds').slice(0, 4);
  const playhead = useLab((state) => state.playhead);
  const figure = useRef<HTMLDivElement>(null);
  const drawn = runs.flatMap((run) => {
    const cloud = at(run.clouds, playhead);
    return cloud ? [{ run, cloud }] : [];
  });
  return (
    <section aria-label="Latents" className="panel">
      <header className="row">
        <h2>Latents</h2>
        {drawn.length > 0 && (
          <FigureMenu
            target={figure}
            name="latents"
            caption="Latents of held-out series and of the diffusion"
            columns={['run', 'kind', 'component 1', 'component 2']}
            rows={drawn.flatMap(({ run, cloud }) =>
              (['encoded', 'sampled'] as const).flatMap((kind) =>
                Array.from({ length: cloud[kind].length / 2 }, (_, i) => [
                  run.name,
                  kind,
                  cloud[kind][2 * i] ?? Number.NaN,
                  cloud[kind][2 * i + 1] ?? Number.NaN,
                ]),
              ),
            )}
          />
        )}
      </header>
      {drawn.length === 0 ? (
        <p className="soft">
          Encoded series and the diffusion’s samples appear here as points, with N(0, I) as circles. A
          collapsed posterior puts every series on one point.
        </p>
      ) : (
        <div ref={figure} className="clouds">
          {drawn.map(({ run, cloud }) => (
            <div key={run.id}>
              <h3>{labelOf(run, runs)}</h3>
              <CloudChart {...cloud} label={`Latents of ${labelOf(run, runs)}`} />
            </div>
          ))}
        </div>
      )}
    </section>
  );
}
