import { type Candidate, choiceConfigs } from '../../engine/train/choose.ts';
import type { OpenData } from '../openData.ts';
import { useLab } from '../store.ts';
import type { WorkerCommand } from '../workerProtocol.ts';
import { chosenOf, newPilot } from './pilotView.ts';
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
    const { config } = useLab.getState();
    const configs = sweepConfigs(config, size, steps);
    const axes = sweepAxes(size, config.diffusion.numTimesteps);
    useLab.setState({ sweep: { ...newPilot(configs.length, steps), ...axes } });
    this.#send({ type: 'pilot', purpose: 'sweep', configs });
  }

  /** Trains a short run of each candidate for N, M and lambda_CS; the results come into the store. */
  choose(steps: number): void {
    const { config } = useLab.getState();
    const configs = choiceConfigs(config, steps);
    useLab.setState({ choice: { ...newPilot(configs.length, steps), config } });
    this.#send({ type: 'pilot', purpose: 'choice', configs });
  }

  /** Ends the pilot runs of a sweep or a choice; what they measured stays. */
  stop(): void {
    this.#send({ type: 'stop-pilot' });
  }

  /** Sets what was chosen, and remembers what was set before. */
  takeChoice(): void {
    const { config, choice } = useLab.getState();
    const chosen = choice && chosenOf(choice);
    if (!chosen) return;
    const { inferenceEnd, collapseStart, lambdaCS } = config.method;
    useLab.setState({ choice: { ...choice, before: { inferenceEnd, collapseStart, lambdaCS } } });
    this.#setZones(chosen.candidate);
  }

  /** Sets again what was set before the choice. */
  undoChoice(): void {
    const { choice } = useLab.getState();
    if (!choice?.before) return;
    const { before, ...rest } = choice;
    useLab.setState({ choice: rest });
    this.#setZones(before);
  }

  #setZones(candidate: Candidate): void {
    const { config } = useLab.getState();
    this.#data.adopt({ ...config, method: { ...config.method, ...candidate } });
  }
}
