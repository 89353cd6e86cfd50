import { type Candidate, choiceConfigs } from '../../engine/train/choose.ts';
import type { OpenData } from '../openData.ts';
import { useLab, withSettings } from '../store.ts';
import type { WorkerCommand } from '../workerProtocol.ts';
import { chosenOf, newPilot, stopping } from './pilotView.ts';
import { sweepAxes, sweepConfigs } from './sweepPlan.ts';

/** Short runs by which N, M and lambda_CS are looked at and chosen. */
export class Pilots {
  readonly #send: (command: WorkerCommand) => void;
  readonly #data: Pick<OpenData, 'adopt'>;

  constructor(send: (command: WorkerCommand) => void, data: Pick<OpenData, 'adopt'>) {
    this.#send = send;
    this.#data = data;
  }

  /** Trains a short run for each pair of a grid of N and M; the results come into the store. */
  sweep(size: number, steps: number): void {
    const { config, data } = useLab.getState();
    const configs = sweepConfigs(config, size, steps);
    const axes = sweepAxes(size, config.diffusion.numTimesteps);
    const begun = newPilot({ config, version: data.version }, configs.length, steps);
    useLab.setState({ sweep: { ...begun, ...axes } });
    this.#send({ type: 'pilot', purpose: 'sweep', configs });
  }

  /** Trains a short run of each candidate for N, M and lambda_CS; the results come into the store. */
  choose(steps: number): void {
    const { config, data } = useLab.getState();
    const configs = choiceConfigs(config, steps);
    useLab.setState({ choice: newPilot({ config, version: data.version }, configs.length, steps) });
    this.#send({ type: 'pilot', purpose: 'choice', configs });
  }

  /** Ends the pilot runs of a sweep or a choice; what they measured stays. */
  stop(): void {
    useLab.setState(({ sweep, choice }) => ({
      sweep: sweep && stopping(sweep),
      choice: choice && stopping(choice),
    }));
    this.#send({ type: 'stop-pilot' });
  }

  /** Sets what was chosen, and remembers what was set before. @returns why the settings do not take it by now, as a sentence */
  takeChoice(): string | undefined {
    const { config, choice } = useLab.getState();
    const chosen = choice && chosenOf(choice);
    if (!chosen) return undefined;
    const { inferenceEnd, collapseStart, lambdaCS } = config.method;
    const problem = this.#setZones(chosen.candidate);
    if (problem === undefined)
      useLab.setState({ choice: { ...choice, before: { inferenceEnd, collapseStart, lambdaCS } } });
    return problem;
  }

  /** Sets again what was set before the choice. @returns why the settings do not take it by now, as a sentence */
  undoChoice(): string | undefined {
    const { choice } = useLab.getState();
    if (!choice?.before) return undefined;
    const { before, ...rest } = choice;
    const problem = this.#setZones(before);
    if (problem === undefined) useLab.setState({ choice: rest });
    return problem;
  }

  #setZones(candidate: Candidate): string | undefined {
    const { config } = useLab.getState();
    const next = withSettings(config, { method: { ...config.method, ...candidate } });
    if (typeof next === 'string') return next;
    this.#data.adopt(next);
    return undefined;
  }
}
