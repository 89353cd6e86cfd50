import { useSyncExternalStore } from 'react';

/**
 * How much larger than 16 pixels the page's text is: on a projector, or as the reader has set the browser. Charts are laid out
 * in pixels of a page whose text has 16, and drawn at this scale.
 */
export const textScale = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;

/** The same, followed. */
export const useTextScale = () => useSyncExternalStore(onResize, textScale, () => 1);

function onResize(changed: () => void) {
  addEventListener('resize', changed);
  return () => removeEventListener('resize', changed);
}

/** A length of a chart at the scale of the page's text, for CSS and SVG. @param pixels of a page whose text has 16 */
export const rem = (pixels: number) => `${pixels / 16}rem`;
