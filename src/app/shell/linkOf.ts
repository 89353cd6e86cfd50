import { addressOf } from '../settings/index.ts';
import type { LabState } from '../store.ts';
import type { View } from '../view.ts';

/** What a link may ask for beyond the screen as it is. */
export type LinkChanges = Pick<View, 'embed' | 'locked' | 'hide'>;

/** Up to this many characters an address passes through mail and chat in one piece. */
export const comfortableLength = 300;

/**
 * The address of the screen with other parts.
 * @param page where the page lies, without query
 */
export function linkOf(
  { config, view }: Pick<LabState, 'config' | 'view'>,
  changes: LinkChanges,
  page: string,
): string {
  return page + addressOf(config, { ...view, ...changes });
}

/** A file of the user's own is in this tab alone. */
export function privateFileWarning({ data: { dataset } }: LabState): string | undefined {
  return dataset?.kind === 'file'
    ? `The link has the settings but not the data: ‘${dataset.name}’ stays on this machine, and whoever opens the link must open the file too.`
    : undefined;
}
