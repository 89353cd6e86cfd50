import { describe, expect, test } from 'vitest';
import right from '../../shaders/spread.wgsl?raw';
import alone from '../../shaders/spread_alone.wgsl?raw';
import { subgroupsWork } from '../../src/engine/kernels/subgroups.ts';
import { useGpu } from '../gpu.ts';

const gpu = useGpu();
const least = () => Math.min(gpu().subgroupSize, 8);

test('the software adapters have subgroups that work', async () => {
  expect(gpu().subgroups).toBe(true);
  expect(await subgroupsWork(gpu(), least())).toBe(true);
});

describe('subgroups are not used where', () => {
  test.each([
    [
      'a value comes from the wrong lane',
      'subgroupShuffle(value, lane)',
      'subgroupShuffle(value, lane ^ 1u)',
    ],
    [
      'lanes are counted apart from their numbers',
      'subgroupExclusiveAdd(1u)',
      '1u + subgroupExclusiveAdd(1u)',
    ],
    ['a maximum is not that of all lanes', 'subgroupMax(value)', 'value'],
    ['a minimum is not that of all lanes', 'subgroupMin(value)', 'value'],
    ['one lane speaks for all', 'subgroupAll(idle)', 'subgroupAny(idle)'],
    ['the language is unknown', 'enable subgroups', 'enable subgroups_of_another_time'],
  ])('%s', async (_, part, broken) => {
    expect(right).toContain(part);
    expect(await subgroupsWork(gpu(), least(), right.replace(part, broken))).toBe(false);
    expect(gpu().fault).toBeUndefined();
  });

  test('fewer lanes run together than the adapter says', async () => {
    expect(await subgroupsWork(gpu(), 4, alone)).toBe(false);
    expect(await subgroupsWork(gpu(), 1, alone)).toBe(true);
  });
});
