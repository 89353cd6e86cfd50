const clock = new Int32Array(new SharedArrayBuffer(4));
/** Milliseconds: naps begin short, so that short work is not kept waiting, and grow. */
const [firstNap, longestNap] = [0.05, 1];

let waiting = 0;
/** Whether a turn is due: there is one at a time, however many wait. */
let turning = false;
let nap = firstNap;

/**
 * Waits for a promise of Dawn's without keeping a core busy. Dawn asks its device in every turn of Node's event loop, and the
 * loop turns as fast as it can while something is pending: on a software adapter that takes the core that should do the work.
 * So each turn naps first.
 */
export async function napping<T>(pending: Promise<T>): Promise<T> {
  nap = firstNap;
  waiting++;
  if (!turning) setImmediate(turn);
  turning = true;
  try {
    return await pending;
  } finally {
    waiting--;
  }
}

function turn(): void {
  turning = waiting > 0;
  if (!turning) return;
  Atomics.wait(clock, 0, 0, nap);
  nap = Math.min(longestNap, 1.5 * nap);
  setImmediate(turn);
}
