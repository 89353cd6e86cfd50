import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test, vi } from 'vitest';
import { Outcome } from '../../src/app/panels/ChoiceSection.tsx';
import { PilotStatus, StopButton } from '../../src/app/panels/PilotControls.tsx';
import { SweepOutcome, sweepTable } from '../../src/app/panels/SweepOutcome.tsx';
import { pageDefaults } from '../../src/app/settings/index.ts';
import { type ChoiceView, newPilot, type SweepView } from '../../src/app/sweep/pilotView.ts';
import { setKeys } from '../../src/engine/train/config.ts';
import type { PilotResult } from '../../src/engine/train/protocol.ts';

vi.mock('../../src/app/trainerClient.ts', () => ({ TrainerClient: class {} }));

const measured = (m0: number, trusted: boolean): PilotResult => ({
  measures: {
    windows: 20,
    logLikelihood: { value: -1, error: 0.1 },
    swap: { value: 1, error: 0.1 },
    noise: { value: 1, error: 0.1 },
    ...{ m0, trusted, control: 0.5 },
  },
});
const sweep: SweepView = {
  ...newPilot({ config: pageDefaults }, 4, 300),
  ...{ ends: [0, 90], starts: [100, 900] },
  results: [measured(0.25, true), measured(0.75, false), { failure: 'It broke.' }, undefined],
};
const other = setKeys(pageDefaults, [['train.seed', '7']]);
const textOf = (markup: string) => markup.replaceAll(/<[^>]*>/g, '').replaceAll('\u00a0', ' ');

test('a surface says of what data, seed and steps it is, and when those that stand now are others', () => {
  const text = textOf(renderToStaticMarkup(<SweepOutcome sweep={sweep} />));
  expect(text).toContain('300 steps each on Reveal, seed 0;');
  expect(text).not.toContain('have changed since');
  const old = textOf(renderToStaticMarkup(<SweepOutcome sweep={{ ...sweep, config: other }} />));
  expect(old).toContain('300 steps each on Reveal, seed 7;');
  expect(old).toContain('The data or the settings have changed since these runs were trained.');
});

test('a saved sweep has its data, seed and steps in every row', () => {
  const { columns, rows } = sweepTable({ ...sweep, config: other });
  expect(columns.slice(0, 5)).toEqual(['data', 'seed', 'steps', 'N', 'M']);
  expect(rows.map((row) => row.slice(0, 5))).toEqual([
    ['Reveal', 7, 300, 0, 100],
    ['Reveal', 7, 300, 0, 900],
    ['Reveal', 7, 300, 90, 100],
    ['Reveal', 7, 300, 90, 900],
  ]);
  for (const row of rows) expect(row).toHaveLength(columns.length);
  const at = columns.indexOf('m_{t,0} trusted');
  expect(rows.map((row) => row[at])).toEqual(['yes', 'no', '', '']);
});

test('a dependence that cannot be trusted is marked in the surface and among the candidates, with what the mark means', () => {
  const text = textOf(renderToStaticMarkup(<SweepOutcome sweep={sweep} />));
  expect(text.match(/\d+ %( †)?/g)?.slice(0, 2)).toEqual(['25 %', '75 % †']);
  const meaning = '† This share from z cannot be trusted: its residual |Σ m − 1| is above 0.01.';
  expect(text).toContain(meaning);
  const results = sweep.results.with(1, measured(0.75, true));
  expect(textOf(renderToStaticMarkup(<SweepOutcome sweep={{ ...sweep, results }} />))).not.toContain('†');

  const choice: ChoiceView = { ...newPilot({ config: pageDefaults }, 8, 300), results: sweep.results };
  const candidates = textOf(renderToStaticMarkup(<Outcome choice={choice} />));
  expect(candidates).toContain('75 % †');
  expect(candidates).not.toContain('25 % †');
  expect(candidates).toContain(meaning);
});

test('a stop that was pressed is seen to be heard', () => {
  const stopping: SweepView = { ...sweep, state: 'stopping' };
  expect(renderToStaticMarkup(<StopButton view={sweep} name="the sweep" />)).toBe(
    '<button type="button">Stop the sweep</button>',
  );
  expect(renderToStaticMarkup(<StopButton view={stopping} name="the sweep" />)).toBe(
    '<button type="button" disabled="">Stopping…</button>',
  );
  const status = <PilotStatus view={stopping} name="sweep" steps={1200} testId="status" />;
  expect(textOf(renderToStaticMarkup(status))).toBe('Stopping: 3 of 4 runs were trained.');
});
