import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseRecording, RecordingError } from '../../src/engine/train/recording.ts';
import { damaged, fuzz } from './fuzz.ts';

/** The page's own recording, with the first events of each run: small enough to be damaged thousands of times. */
const whole = JSON.parse(readFileSync(new URL('../../public/recorded/reveal.json', import.meta.url), 'utf8'));
const small = {
  ...whole,
  runs: whole.runs.map((run: { events: unknown[] }) => ({ ...run, events: run.events.slice(0, 3) })),
};
const recording = new TextEncoder().encode(JSON.stringify(small));
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test('the recording that is damaged below is whole', () => {
  expect(parseRecording(text(recording)).runs).toHaveLength(small.runs.length);
});

test('a damaged recording is read or refused', () =>
  fuzz(damaged(recording), (bytes) => parseRecording(text(bytes)), [RecordingError]));
