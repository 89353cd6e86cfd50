import type { Config } from '../../engine/train/config.ts';
import type { ResultRow } from '../../engine/train/experiment/resultRow.ts';
import { duration } from './progressLine.ts';

/** What a run took in all, training and evaluation, and what it is likened by. */
interface Taken {
  adapter: string;
  backbone: unknown;
  method: unknown;
  window: unknown;
  steps: number;
  seconds: number;
}

/** How long an experiment will still take, from the runs that have ended. */
export class ExperimentClock {
  readonly #taken: Taken[] = [];

  /** @param rows results of earlier sittings */
  constructor(rows: readonly ResultRow[]) {
    for (const row of rows) this.add(row);
  }

  add({ adapter, config, steps, seconds, evaluation }: ResultRow): void {
    this.#taken.push({
      adapter,
      backbone: config['model.backbone'],
      method: config['method.name'],
      window: config['data.window'],
      steps,
      seconds: seconds.train + (evaluation?.seconds.total ?? 0),
    });
  }

  /**
   * In words.
   * @param secondsLeft of training the current run
   * @param coming configs of the runs after it
   */
  left(adapter: string, current: Config, secondsLeft: number, coming: readonly Config[]): string {
    const here = this.#taken.filter((run) => run.adapter === adapter && run.steps > 0);
    const rest = coming.map((config) => this.#expected(here, config));
    if (rest.some((seconds) => seconds === undefined)) {
      return `${duration(secondsLeft)} left in this run; for the ${coming.length} after it that is known once one has ended`;
    }
    const total = rest.reduce<number>((sum, seconds) => sum + (seconds ?? 0), secondsLeft);
    const known =
      here.length === 0 ? ` of training ${current.method.name}` : ` in all, from ${here.length} ended`;
    return `${duration(total)} left${known}`;
  }

  /** Seconds of a run by its steps: from those most like it, of the same backbone, window and method if there are any. */
  #expected(here: readonly Taken[], { model, method, data, train }: Config): number | undefined {
    const likeness = (run: Taken) =>
      (run.backbone === model.backbone ? 4 : 0) +
      (run.window === data.window ? 2 : 0) +
      (run.method === method.name ? 1 : 0);
    const best = Math.max(...here.map(likeness));
    const alike = here.filter((run) => likeness(run) === best);
    const steps = alike.reduce((sum, run) => sum + run.steps, 0);
    if (steps === 0) return undefined;
    return (alike.reduce((sum, run) => sum + run.seconds, 0) / steps) * train.steps;
  }
}
