const lockName = 'posterior-lab keeps runs';
/** Milliseconds in which a page that is being reloaded gives the lock up. */
const patience = 1500;

/**
 * Resolves once this tab is the one that keeps runs, which it then is until its worker ends.
 * @param onWait is called where another tab is
 */
export function becomeKeeper(onWait: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(onWait, patience);
    const forEver = new Promise<never>(() => {});
    const request = navigator.locks.request(lockName, () => {
      clearTimeout(timer);
      resolve();
      return forEver;
    });
    request.catch(reject);
  });
}
