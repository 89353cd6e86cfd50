import { expect, test } from 'vitest';
import { Seats } from '../../src/app/seats.ts';
import { pageDefaults } from '../../src/app/settings/index.ts';
import type { WorkerEvent } from '../../src/app/workerProtocol.ts';
import type { LastingRun } from '../../src/engine/train/lastingRun.ts';

/** Seats whose trainers only note what is asked of them. @param refused the run that cannot begin */
function notedSeats(refused?: string) {
  /** Ends what is training. */
  const rests: (() => void)[] = [];
  const training = new Map<string, Promise<void>>();
  const asked: string[] = [];
  const sent: WorkerEvent[] = [];
  /** Runs that can do nothing any more. */
  const broken = new Set<string>();
  const seats = new Seats({
    send: (event) => sent.push(event),
    keeping: { put: () => {}, end: () => {}, forget: () => {} },
    files: () => ({}),
    findGpu: async () => true,
    begin: async ({ run }, onEvent) => {
      if (run === refused) throw new Error('no room');
      const note = (what: string) => async () => {
        if (broken.has(run)) throw new Error('no device');
        asked.push(`${run} ${what}`);
      };
      const train = async () => {
        await note('runs')();
        onEvent({ type: 'state', state: 'running' });
        const over = new Promise<void>((resolve) => {
          rests.push(resolve);
        });
        training.set(run, over);
        await over;
        training.delete(run);
      };
      const trainer = {
        run: train,
        pause: async () => {
          await note('pauses')();
          await training.get(run);
        },
        reset: note('resets'),
        step: note('steps'),
        destroy: () => void asked.push(`${run} goes`),
        limitSpeed: () => {},
        completedSteps: 0,
      };
      return { trainer } as unknown as LastingRun;
    },
    failureOf: (error) => ({
      cause: 'internal',
      message: (error as Error).message,
      saved: '',
      advice: '',
    }),
  });
  const rest = () => {
    for (const resolve of rests.splice(0)) resolve();
  };
  /** What was said of where the runs stand. */
  const states = () =>
    sent.flatMap((event) => {
      if (event.type !== 'run') return [];
      if (event.event.type === 'failed') return [`${event.run} failed`];
      return event.event.type === 'state' ? [`${event.run} ${event.event.state}`] : [];
    });
  return { seats, asked, sent, states, broken, rest };
}

/** When everything that waits for nothing else has been done. */
const settled = () => new Promise((resolve) => setTimeout(resolve));

const runs = ['a', 'b'].map((run) => ({ run, config: pageDefaults }));

test('a pause while runs are loaded keeps the run behind it from starting, until the next is asked for', async () => {
  const { seats, asked, sent } = notedSeats();
  seats.willRun();
  const loading = seats.load({ type: 'load', runs });
  seats.pause();
  await loading;
  seats.run();
  expect(asked).toEqual([]);
  expect(sent).toEqual(
    ['a', 'b'].map((run) => ({ type: 'run', run, event: { type: 'state', state: 'paused' } })),
  );
  seats.willRun();
  seats.run();
  await settled();
  expect(asked).toEqual(['a runs', 'b runs']);
});

test('a run that is told to go on before its pause is over goes on then, and only then', async () => {
  const { seats, asked, rest } = notedSeats('a');
  await seats.load({ type: 'load', runs });
  const told = async (...commands: ('run' | 'pause')[]) => {
    for (const command of commands) {
      if (command === 'run') seats.willRun();
      seats[command]();
    }
    await settled();
  };
  await told('run', 'run', 'pause', 'run');
  expect(asked).toEqual(['b runs', 'b pauses']);
  rest();
  await settled();
  expect(asked).toEqual(['b runs', 'b pauses', 'b runs']);
  await told('pause', 'run', 'pause');
  rest();
  await settled();
  expect(asked.slice(3)).toEqual(['b pauses', 'b pauses']);
  await told('run');
  expect(asked.at(-1)).toBe('b runs');
});

test('a run that cannot begin says so, and the one beside it trains', async () => {
  const { seats, asked, sent } = notedSeats('a');
  await seats.load({ type: 'load', runs });
  expect(sent).toMatchObject([{ run: 'a', event: { type: 'failed', failure: { message: 'no room' } } }]);
  seats.run();
  await settled();
  expect(asked).toEqual(['b runs']);
  expect(() => seats.lastingRun('a')).toThrow('Its weights are gone');
});

test('a pause while the runs before are still given up is told of the new ones, once they are there', async () => {
  const { seats, states, rest } = notedSeats();
  await seats.load({ type: 'load', runs });
  seats.willRun();
  seats.run();
  await settled();
  const next = ['c', 'd'].map((run) => ({ run, config: pageDefaults }));
  const loading = seats.load({ type: 'load', runs: next });
  seats.willRun();
  seats.pause();
  await settled();
  rest();
  await loading;
  seats.run();
  expect(states()).toEqual(['a running', 'b running', 'c paused', 'd paused']);
});

test('a pause leaves a run as it is that has failed, or is over, beside one that trains', async () => {
  const { seats, states, rest } = notedSeats('a');
  await seats.load({ type: 'load', runs });
  seats.willRun();
  seats.run();
  await settled();
  seats.pause();
  rest();
  await settled();
  seats.pause();
  expect(states()).toEqual(['a failed', 'b running']);
});

for (const command of ['reset', 'step'] as const) {
  test(`a ${command} before a pause is over is done when it is, in place of going on`, async () => {
    const { seats, asked, rest } = notedSeats();
    await seats.load({ type: 'load', runs: runs.slice(0, 1) });
    seats.run();
    await settled();
    seats.pause();
    seats.willRun();
    seats.run();
    const done = seats[command]();
    await settled();
    rest();
    await done;
    await settled();
    expect(asked.filter((what) => what !== 'a pauses')).toEqual(['a runs', `a ${command}s`]);
    seats.willRun();
    seats.run();
    await settled();
    expect(asked.at(-1)).toBe('a runs');
  });
}

test('a run that is given up before a pause is over does not go on without its memory', async () => {
  const { seats, asked, rest } = notedSeats();
  await seats.load({ type: 'load', runs: runs.slice(0, 1) });
  seats.run();
  await settled();
  seats.pause();
  seats.willRun();
  seats.run();
  const loading = seats.load({ type: 'load', runs: runs.slice(1) });
  await settled();
  rest();
  await loading;
  await settled();
  expect(asked.filter((what) => what !== 'a pauses')).toEqual(['a runs', 'a goes']);
});

test('a run that cannot be reset says so alone, and the other is reset', async () => {
  const { seats, asked, states, broken } = notedSeats();
  await seats.load({ type: 'load', runs });
  broken.add('a');
  await seats.reset();
  expect(states()).toEqual(['a failed']);
  expect(asked).toEqual(['b resets']);
});
