import { type AskUsgs, type UsgsAnswer, UsgsError, type UsgsProgress } from './usgsService.ts';

/** What the frame says to the page once it has the question. */
export type FrameMessage = { progress: UsgsProgress } | { answer: UsgsAnswer } | { failure: string };

/** What it says before: whatever else is served at its address says nothing. */
export const frameReady = 'ready to ask the event service';

/** Milliseconds that the frame may take to be ready. */
const patience = 15_000;

/**
 * Asks the service from a document of its own, `usgs.html`. The page's policy lets it speak to nobody but its own origin;
 * that document's lets it speak to the event service alone, and it holds nothing of the user's. It is there only while a
 * question is open.
 */
export const askThroughFrame: AskUsgs = (address, { signal, onProgress }) =>
  new Promise<UsgsAnswer>((resolve, reject) => {
    const frame = document.createElement('iframe');
    const { port1: port, port2: other } = new MessageChannel();
    const end = (settle: () => void) => {
      frame.remove(); // and with it a request that is still under way
      port.close();
      clearTimeout(timer);
      removeEventListener('message', hear);
      signal.removeEventListener('abort', cancel);
      settle();
    };
    const cancel = () => end(() => reject(signal.reason));
    const hear = ({ source, origin, data }: MessageEvent<unknown>) => {
      if (source !== frame.contentWindow || origin !== location.origin || data !== frameReady) return;
      clearTimeout(timer);
      removeEventListener('message', hear);
      frame.contentWindow?.postMessage({ address }, location.origin, [other]);
    };
    const timer = setTimeout(() => end(() => reject(noFrame())), patience);
    if (signal.aborted) return cancel();
    signal.addEventListener('abort', cancel);
    addEventListener('message', hear);
    port.onmessage = ({ data }: MessageEvent<FrameMessage>) => {
      if ('progress' in data) onProgress(data.progress);
      else if ('answer' in data) end(() => resolve(data.answer));
      else end(() => reject(new TypeError(data.failure)));
    };
    frame.hidden = true;
    frame.title = 'Question to the USGS event service';
    frame.src = new URL('usgs.html', document.baseURI).href;
    document.body.append(frame);
  });

const noFrame = () =>
  new UsgsError(
    'The part of this site that asks the event service, usgs.html, could not be loaded.',
    'Check the connection and fetch again, or open the address elsewhere and drop the CSV here.',
  );
