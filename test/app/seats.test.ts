import { expect, test } from 'vitest';
import { Seats } from '../../src/app/seats.ts';
import { pageDefaults } from '../../src/app/settings/index.ts';
import type { WorkerEvent } from '../../src/app/workerProtocol.ts';
import type { LastingRun } from '../../src/engine/train/lastingRun.ts';

/** Seats whose trainers only note what is asked of them. @param refused the run that cannot begin */
function notedSeats(refused?: string) {
  /** Ends the training under way. */
  let rest: () => void = () => {};
  const asked: string[] = [];
  const sent: WorkerEvent[] = [];
  const seats = new Seats({
    send: (event) => sent.push(event),
    keeping: { put: () => {}, end: () => {}, forget: () => {} },
    files: () => ({}),
    findGpu: async () => true,
    begin: async ({ run }) => {
      if (run === refused) throw new Error('no room');
      const note = (what: string) => async () => void asked.push(`${run} ${what}`);
      const train = async () => {
        await note('runs')();
        await new Promise<void>((resolve) => {
          rest = resolve;
        });
      };
      const trainer = { run: train, pause: note('pauses'), limitSpeed: () => {}, completedSteps: 0 };
      return { trainer } as unknown as LastingRun;
    },
    failureOf: (error) => ({
      cause: 'internal',
      message: (error as Error).message,
      saved: '',
      advice: '',
    }),
  });
  return { seats, asked, sent, rest: () => rest() };
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
