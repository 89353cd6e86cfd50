import { loseDevices } from './deviceLosses.ts';

import { fillStorage } from './fullStorage.ts';
import { hideTabs } from './hiddenTabs.ts';
import { loseGpus } from './lostGpus.ts';
import { killPages } from './pageKills.ts';

/** Prints what faults at random moments did to runs. @returns 1 where anything was lost that should not be */
export async function main([what = '', count = '50', seed = '1']: string[]): Promise<number> {
  const kinds = {
    page: killPages,
    device: loseDevices,
    gpu: loseGpus,
    hidden: hideTabs,
    storage: fillStorage,
  };
  const faults = kinds[what as keyof typeof kinds];
  if (!faults) {
    console.error('npm run faults -- page|device|gpu|hidden|storage [COUNT] [SEED]');
    return 2;
  }
  return (await faults(Number(count), randomOf(Number(seed)))) ? 0 : 1;
}

/** Numbers in [0, 1) that a seed repeats (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
