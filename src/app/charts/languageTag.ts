/**
 * Makes sure that `navigator.language` is a language tag. In a POSIX locale Chromium says `en-US@posix`, which Intl refuses
 * with a RangeError, and uPlot asks Intl for it while it is being imported: import this first.
 */
function mendLanguageTag(): void {
  try {
    Intl.getCanonicalLocales(navigator.language);
  } catch {
    Object.defineProperty(navigator, 'language', { value: 'en-US', configurable: true });
  }
}

mendLanguageTag();
