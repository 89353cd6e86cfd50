import { useEffect, useRef, useState } from 'react';
import styles from './Formula.module.css';

type Katex = typeof import('katex').default;

let loading: Promise<Katex> | undefined;

/** KaTeX and its style sheet, fetched once, with the first formula that is drawn. A failed fetch is tried again. */
function loadKatex(): Promise<Katex> {
  loading ??= Promise.all([import('katex'), import('katex/dist/katex.min.css')]).then(
    ([{ default: katex }]) => katex,
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

/**
 * A formula. Until KaTeX is there, and where it cannot be had or cannot read the formula, its source stands in the place.
 * @param tex LaTeX @param block on a line of its own, larger
 */
export function Formula({ tex, block = false }: { tex: string; block?: boolean }) {
  const place = useRef<HTMLSpanElement>(null);
  const [drawn, setDrawn] = useState<string>();
  useEffect(() => {
    let current = true;
    loadKatex()
      .then((katex) => {
        if (!current || !place.current) return;
        katex.render(tex, place.current, { displayMode: block, throwOnError: true, output: 'htmlAndMathml' });
        setDrawn(tex);
      })
      .catch(() => {
        if (current) setDrawn(undefined);
      });
    return () => {
      current = false;
    };
  }, [tex, block]);
  const ready = drawn === tex;
  return (
    <span className={block ? styles.block : undefined}>
      <span ref={place} hidden={!ready} />
      {!ready && <code className={styles.source}>{tex}</code>}
    </span>
  );
}
