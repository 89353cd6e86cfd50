import { useEffect } from 'react';

/** Keeps the screen on while the page is busy and in view. The browser may refuse, with a low battery for instance. */
export function useWakeLock(busy: boolean): void {
  useEffect(() => {
    if (!busy || !('wakeLock' in navigator)) return;
    let over = false;
    let lock: WakeLockSentinel | undefined;
    // The browser takes the lock away when the tab is hidden, so it is asked for again.
    const ask = async () => {
      if (document.visibilityState !== 'visible') return;
      const granted = await navigator.wakeLock.request('screen').catch(() => undefined);
      if (over) void granted?.release();
      else lock = granted;
    };
    void ask();
    document.addEventListener('visibilitychange', ask);
    return () => {
      over = true;
      document.removeEventListener('visibilitychange', ask);
      void lock?.release();
    };
  }, [busy]);
}
