import { useLab } from '../store.ts';
import { addressOf } from './index.ts';

/** Puts what differs from the defaults into the page's address. */
export function writeAddress(): void {
  const { config, view } = useLab.getState();
  history.replaceState(null, '', `${location.pathname}${addressOf(config, view)}${location.hash}`);
}
