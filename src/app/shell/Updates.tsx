import { registerSW } from 'virtual:pwa-register';
import { useEffect, useRef, useState } from 'react';
import { isBusy, useLab } from '../store.ts';

/** Keeps the page for opening without a network, and says when a newer one has been fetched; it never reloads by itself. */
export function Updates() {
  const load = useRef<(reload: boolean) => Promise<void>>(undefined);
  const [ready, setReady] = useState(false);
  const busy = useLab(isBusy);
  useEffect(() => {
    load.current = registerSW({ onNeedRefresh: () => setReady(true) });
  }, []);
  return (
    // The empty region is there before the news, or screen readers would miss it.
    <div role="status">
      {ready && (
        <div className="notice row">
          <p>A newer version of this page is ready.{busy && ' Loading it ends the training that runs.'}</p>
          <button type="button" onClick={() => load.current?.(true)}>
            Load it
          </button>
          <button type="button" onClick={() => setReady(false)}>
            Later
          </button>
        </div>
      )}
    </div>
  );
}
