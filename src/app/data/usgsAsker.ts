// The script of usgs.html, see usgsFrame.ts: says that it is ready, takes one question from the page that holds this document, and
// answers it.
import { type FrameMessage, frameReady } from './usgsFrame.ts';
import { askService, usgsService } from './usgsService.ts';

addEventListener('message', ({ origin, source, data, ports: [port] }: MessageEvent<{ address: string }>) => {
  if (origin !== location.origin || source !== parent || !port) return;
  const say = (message: FrameMessage) => port.postMessage(message);
  if (!data.address.startsWith(`${usgsService}?`)) return say({ failure: 'this is not the event service' });
  const asking = {
    signal: new AbortController().signal, // who cancels takes this document away
    onProgress: (progress: { bytes: number; events: number }) => say({ progress }),
  };
  askService(data.address, asking).then(
    (answer) => say({ answer }),
    (error: unknown) => say({ failure: String(error) }),
  );
});
parent.postMessage(frameReady, location.origin);
