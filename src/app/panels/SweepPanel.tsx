import { useState } from 'react';
import { useGpuNeed } from '../gpuNeed.ts';
import { lab } from '../lab.ts';
import { canTrain, isBusy, isPiloting, useLab } from '../store.ts';
import { isUnderWay } from '../sweep/pilotView.ts';
import { ChoiceSection } from './ChoiceSection.tsx';
import { InlineChoice, PilotStatus, StopButton } from './PilotControls.tsx';
import { SweepOutcome } from './SweepOutcome.tsx';

const sizes = [2, 3, 4, 5];
const lengths = [100, 300, 1000, 3000];

/** What short trainings say of N, M and lambda_CS: a choice among a few candidates, and a surface over N and M. */
export function SweepPanel() {
  return (
    <div className="stack">
      <ChoiceSection />
      <SurfaceSection />
    </div>
  );
}

/** Short trainings over a grid of N and M on the present data, and what each decoder takes from z. */
function SurfaceSection() {
  const sweep = useLab((state) => state.sweep);
  const ready = useLab((state) => canTrain(state) && !isBusy(state) && !isPiloting(state));
  const need = useGpuNeed();
  const [size, setSize] = useState(3);
  const [steps, setSteps] = useState(300);
  const running = isUnderWay(sweep);
  return (
    <section className="stack" aria-label="Surface over N and M">
      <h3>Surface over N and M</h3>
      <p className="soft">
        Where little noise must keep the series decodable (up to N) and much noise must not (from M): a short
        training of the posterior-stable method for each pair, with the settings and the data as they are.
      </p>
      <div className="tools">
        <div className="tools">
          <InlineChoice
            label="Grid"
            value={size}
            all={sizes}
            text={(n) => `${n} × ${n}`}
            choose={setSize}
            disabled={running}
          />
          <InlineChoice label="Steps each" value={steps} all={lengths} choose={setSteps} disabled={running} />
          {running ? (
            <StopButton view={sweep} name="the sweep" />
          ) : (
            <button
              type="button"
              {...need('A short training for each pair, on this machine')}
              disabled={!ready}
              onClick={() => lab.pilots.sweep(size, steps)}
            >
              Sweep N and M
            </button>
          )}
        </div>
        <PilotStatus view={sweep} name="sweep" steps={size * size * steps} testId="sweep-status" />
      </div>
      {sweep && <SweepOutcome sweep={sweep} />}
    </section>
  );
}
