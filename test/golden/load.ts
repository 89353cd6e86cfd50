import { readFileSync } from 'node:fs';

/** An array as make_golden.py writes it. */
export interface GoldenArray {
  shape: number[];
  data: number[];
}

/** Reads a golden file written by make_golden.py. */
export function loadGolden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`./${name}.json`, import.meta.url), 'utf8'));
}
