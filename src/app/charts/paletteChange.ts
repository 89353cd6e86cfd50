/**
 * Calls `paint` whenever the page's colours have become others, which a canvas does not notice: with the system's scheme, with
 * the page's theme, and on the way to paper and back, since paper is white in every theme.
 * @returns ends it
 */
export function onPaletteChange(paint: () => void): () => void {
  const queries = ['(prefers-color-scheme: dark)', 'print'].map((query) => matchMedia(query));
  const themed = new MutationObserver(paint);
  for (const query of queries) query.addEventListener('change', paint);
  themed.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => {
    for (const query of queries) query.removeEventListener('change', paint);
    themed.disconnect();
  };
}
