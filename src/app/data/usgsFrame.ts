import type { AskUsgs, UsgsAnswer, UsgsProgress } from './usgsService.ts';

/** What the frame says to the page. */
export type FrameMessage = { progress: UsgsProgress } | { answer: UsgsAnswer } | { failure: string };

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
      signal.removeEventListener('abort', cancel);
      settle();
    };
    const cancel = () => end(() => reject(signal.reason));
    if (signal.aborted) return cancel();
    signal.addEventListener('abort', cancel);
    port.onmessage = ({ data }: MessageEvent<FrameMessage>) => {
      if ('progress' in data) onProgress(data.progress);
      else if ('answer' in data) end(() => resolve(data.answer));
      else end(() => reject(new TypeError(data.failure)));
    };
    frame.hidden = true;
    frame.title = 'Question to the USGS event service';
    frame.onload = () => frame.contentWindow?.postMessage({ address }, location.origin, [other]);
    frame.src = new URL('usgs.html', document.baseURI).href;
    document.body.append(frame);
  });
