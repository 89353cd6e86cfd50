/** Shares of the series, which add up to 1. */
export interface Split {
  train: number;
  validation: number;
  test: number;
}

/** Whole percents up to which training and validation reach. */
export type Bounds = readonly [train: number, validation: number];

/** Least share of training and of test, in percent: both parts are needed. */
const least = 1;

export function boundsOf({ train, validation }: Split): Bounds {
  return [Math.round(100 * train), Math.round(100 * (train + validation))];
}

/** Moves one of two bounds; it stops at the other one. */
export function moveBound(bounds: Bounds, which: 0 | 1, to: number): Bounds {
  const [train, validation] = bounds;
  return which === 0
    ? [Math.max(least, Math.min(to, validation)), validation]
    : [train, Math.max(train, Math.min(to, 100 - least))];
}

export function splitAt([train, validation]: Bounds): Split {
  return { train: train / 100, validation: (validation - train) / 100, test: (100 - validation) / 100 };
}
