import { useEffect, useState } from 'react';

let drawn: () => void = () => {};
const firstPicture = new Promise<void>((resolve) => {
  drawn = resolve;
});
/** Milliseconds after which what is not on the first screen is fetched even if there is no first picture yet. */
const patience = 4000;

/** Says that the first picture is on the screen, or that there will be none. */
export const firstPictureDrawn = (): void => drawn();

let quietening: Promise<void> | undefined;

/** Resolves once the first picture is drawn and the browser is idle: the time for what the first screen can do without. */
export function quiet(): Promise<void> {
  quietening ??= Promise.race([firstPicture, after(patience)]).then(idle);
  return quietening;
}

/** False until the page is quiet. */
export function useQuiet(): boolean {
  const [now, setNow] = useState(false);
  useEffect(() => {
    void quiet().then(() => setNow(true));
  }, []);
  return now;
}

const after = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** Resolves when the browser has nothing else to do. Safari has no requestIdleCallback; a fifth of a second is what it gets instead. */
export const idle = () =>
  new Promise<void>((resolve) => {
    if ('requestIdleCallback' in window) requestIdleCallback(() => resolve(), { timeout: patience });
    else setTimeout(resolve, 200);
  });
