import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CheckpointSchedule } from '../../src/engine/train/checkpointSchedule.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('a checkpoint is due after so many steps, however fast they go', () => {
  const schedule = new CheckpointSchedule({ steps: 20, seconds: 10 });
  schedule.kept(0);
  expect(schedule.nextStep).toBe(20);
  expect(schedule.due(19, false)).toBe(false);
  expect(schedule.due(20, false)).toBe(true);
  schedule.kept(23);
  expect(schedule.nextStep).toBe(43);
  expect(schedule.due(42, false)).toBe(false);
  expect(schedule.due(43, false)).toBe(true);
});

test('a checkpoint is due after so many seconds, however slow the steps are', () => {
  const schedule = new CheckpointSchedule({ steps: 20, seconds: 10 });
  schedule.kept(4);
  vi.advanceTimersByTime(9999);
  expect(schedule.due(5, false)).toBe(false);
  vi.advanceTimersByTime(1);
  expect(schedule.due(5, false)).toBe(true);
  schedule.kept(5);
  expect(schedule.due(6, false)).toBe(false);
});

test('at an end one is due at once, but never twice of the same step', () => {
  const schedule = new CheckpointSchedule({ steps: 20, seconds: 10 });
  schedule.kept(4);
  expect(schedule.due(5, true)).toBe(true);
  schedule.kept(5);
  vi.advanceTimersByTime(20_000);
  expect(schedule.due(5, true)).toBe(false);
  expect(schedule.due(5, false)).toBe(false);
});

test('without an interval none is ever due', () => {
  const schedule = new CheckpointSchedule();
  schedule.kept(0);
  vi.advanceTimersByTime(20_000);
  expect(schedule.due(1000, true)).toBe(false);
  expect(schedule.nextStep).toBe(Number.POSITIVE_INFINITY);
});
