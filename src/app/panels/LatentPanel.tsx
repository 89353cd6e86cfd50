import { useRef } from 'react';
import { describedMethod } from '../../engine/methods/descriptions.ts';
import type { LatentCloud } from '../../engine/train/protocol.ts';
import { LatentCloud as CloudChart } from '../charts/LatentCloud.tsx';
import { FigureMenu } from '../figures/FigureMenu.tsx';
import { lab } from '../lab.ts';
import { labelOf, stepsText } from '../runs/labels.ts';
import { latentsFrom } from '../runs/lossHistory.ts';
import { at, type RunView } from '../runs/runView.ts';
import { useShown } from '../shown.ts';
import { useLab } from '../store.ts';
import { RunSwatch } from './RunKey.tsx';

/** The latents of held-out series and sampled ones on the plane where the former vary most, against N(0, I). */
export function LatentPanel() {
  const runs = useShown('clouds', 'asked', 'status').slice(0, 4);
  const live = useLab((state) => state.live);
  const playhead = useLab((state) => state.playhead);
  const figure = useRef<HTMLDivElement>(null);
  const drawn = runs.flatMap((run) => {
    const cloud = at(run.clouds, playhead);
    return cloud ? [{ run, cloud }] : [];
  });
  const open = drawn
    .map(({ run }) => run)
    .filter(({ id, status }) => live.includes(id) && status !== 'loading');
  return (
    <section aria-label="Latents" className="panel">
      <header className="row">
        <h2>Latents</h2>
        {drawn.length > 0 && (
          <FigureMenu
            target={figure}
            name="latents"
            caption={`Latents of held-out series and sampled ones, ${stepsText(drawn.map(({ cloud }) => cloud))}`}
            table={async () => {
              const { cloudTable } = await import('../figures/cloudTable.ts');
              return cloudTable(drawn.map(({ run, cloud }) => ({ label: run.name, ...cloud })));
            }}
          />
        )}
      </header>
      {drawn.length === 0 ? (
        <p className="soft">
          Encoded series and sampled latents appear here as points, with N(0, I) as circles. A collapsed
          posterior puts every series on one point.
        </p>
      ) : (
        <div ref={figure} className="clouds">
          {drawn.map(({ run, cloud }) => (
            <RunCloud
              key={run.id}
              run={run}
              cloud={cloud}
              label={labelOf(run, runs)}
              place={runs.length > 1 ? runs.indexOf(run) : undefined}
            />
          ))}
        </div>
      )}
      {open.length > 0 && (
        <>
          <button
            type="button"
            disabled={!open.some(diffuses) || open.some(({ asked }) => asked.trajectory?.state === 'asking')}
            onClick={() => {
              for (const { id } of open.filter(diffuses)) lab.ask(id, 'trajectory');
            }}
          >
            Show the reverse diffusion
          </button>
          <p className="fine">{open.some(diffuses) ? reverseHelp : priorHelp}</p>
        </>
      )}
    </section>
  );
}

const reverseHelp =
  'The sampler’s way from draws of N(0, I) at the last timestep to latents at timestep 0, for the model as it is, on the same plane.';

const priorHelp = 'This method draws z from its prior, N(0, I): there is no diffusion to show.';

const diffuses = ({ config }: RunView) => describedMethod(config.method.name).sampler === 'diffusion';

/** The cloud of the evaluation that is looked at; once it was asked for, of the model as it is, with the way to it. */
function RunCloud(props: { run: RunView; cloud: LatentCloud; label: string; place?: number }) {
  const { run, cloud, label, place } = props;
  const looking = useLab(({ playhead }) => playhead !== undefined);
  const asked = run.asked.trajectory;
  const answer = asked?.state === 'answered' && !looking ? asked.answer : undefined;
  return (
    <div data-testid="run-cloud">
      <h3>
        {place !== undefined && <RunSwatch index={place} />}
        {label}
      </h3>
      <CloudChart
        // A new answer is played from its start.
        key={answer ? 'reverse' : 'evaluation'}
        {...(answer ?? cloud)}
        {...(answer && { trajectory: answer.frames })}
        sampledFrom={latentsFrom(run.config)}
        label={`Latents of ${label}`}
      />
      {asked?.state === 'asking' && <p className="soft">Running the reverse diffusion…</p>}
      {asked?.state === 'failed' && <p className="notice warn">{asked.message}</p>}
    </div>
  );
}
