import { useLab } from '../store.ts';
import { addressOf } from './index.ts';

/** Writes that may follow each other at once, and milliseconds after which there may be one more: Safari throws at the 101st in 30 s. */
const [burst, refill] = [20, 400];

let [left, countedAt] = [burst, 0];
let timer: ReturnType<typeof setTimeout> | undefined;

/** Puts what differs from the defaults into the page's address: at once, or a moment later while a handle is dragged for long. */
export function writeAddress(): void {
  const now = performance.now();
  left = Math.min(burst, left + (now - countedAt) / refill);
  countedAt = now;
  clearTimeout(timer);
  if (left >= 1) write();
  else timer = setTimeout(writeAddress, Math.ceil((1 - left) * refill));
}

/** The page's address with the settings as they are, whether the browser shows them yet or not. */
export function pageAddress(): string {
  const { config, view } = useLab.getState();
  const { origin, pathname, hash } = location;
  return `${origin}${pathname}${addressOf(config, view)}${hash}`;
}

function write(): void {
  left--;
  history.replaceState(null, '', pageAddress());
}
