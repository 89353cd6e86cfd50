import { expect, test } from 'vitest';
import { Seats } from '../../src/app/seats.ts';
import { pageDefaults } from '../../src/app/settings/index.ts';
import type { WorkerEvent } from '../../src/app/workerProtocol.ts';
import type { LastingRun } from '../../src/engine/train/lastingRun.ts';

/** Seats whose trainers only note what is asked of them. @param refused the run that cannot begin */
function notedSeats(refused?: string) {
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
      const trainer = { run: note('runs'), pause: note('pauses'), limitSpeed: () => {}, completedSteps: 0 };
      return { trainer } as unknown as LastingRun;
    },
    failureOf: (error) => ({
      cause: 'internal',
      message: (error as Error).message,
      saved: '',
      advice: '',
    }),
  });
  return { seats, asked, sent };
}

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
  expect(asked).toEqual(['a runs', 'b runs']);
});

test('a run that cannot begin says so, and the one beside it trains', async () => {
  const { seats, asked, sent } = notedSeats('a');
  await seats.load({ type: 'load', runs });
  expect(sent).toMatchObject([{ run: 'a', event: { type: 'failed', failure: { message: 'no room' } } }]);
  seats.run();
  expect(asked).toEqual(['b runs']);
  expect(() => seats.lastingRun('a')).toThrow('Its weights are gone');
});
