const lockName = 'posterior-lab keeps runs';
/** Milliseconds in which a page that is being reloaded gives the lock up. */
const patience = 1500;

/**
 * Resolves once this tab is the one that keeps runs, which it then is until its worker ends.
 * @param onWait is called where another tab is
 * @throws what the browser gives no lock for
 */
export async function becomeKeeper(onWait: () => void): Promise<void> {
  const timer = setTimeout(onWait, patience);
  try {
    await new Promise<void>((resolve, reject) => {
      const forEver = new Promise<never>(() => {});
      navigator.locks
        .request(lockName, () => {
          resolve();
          return forEver;
        })
        .catch(reject);
    });
  } finally {
    clearTimeout(timer);
  }
}
