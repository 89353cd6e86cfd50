import { registerSW } from 'virtual:pwa-register';
import { useEffect, useRef, useState } from 'react';
import { isBusy, isPiloting, useLab } from '../store.ts';

/**
 * Keeps the page for opening without a network, and says when a newer one has been fetched. A tab is reloaded only where its own
 * button was pressed: the newer version becomes active in all of them at once, and another may be training.
 */
export function Updates() {
  const activate = useRef<() => Promise<void>>(undefined);
  const pressed = useRef(false);
  const [newer, setNewer] = useState<'ready' | 'active'>();
  const busy = useLab((state) => isBusy(state) || isPiloting(state));
  useEffect(() => {
    activate.current = registerSW({
      onNeedRefresh: () => setNewer('ready'),
      onNeedReload: () => {
        if (pressed.current) location.reload();
        else setNewer('active');
      },
    });
  }, []);
  const load = () => {
    pressed.current = true;
    if (newer === 'active') location.reload();
    else void activate.current?.();
  };
  return (
    // The empty region is there before the news, or screen readers would miss it.
    <div role="status">
      {newer && (
        <div className="notice row">
          <p>
            {newer === 'ready'
              ? 'A newer version of this page is ready.'
              : 'Another tab has loaded a newer version of this page: reload this tab when it suits you.'}
            {busy && ' Loading it ends the training that runs.'}
          </p>
          <button type="button" onClick={load}>
            {newer === 'ready' ? 'Load it' : 'Reload'}
          </button>
          <button type="button" onClick={() => setNewer(undefined)}>
            Later
          </button>
        </div>
      )}
    </div>
  );
}
