import { useEffect, useRef, useState } from 'react';
import { idle, quiet } from '../quiet.ts';
import styles from './Formula.module.css';

type Katex = typeof import('katex').default;

let loading: Promise<Katex> | undefined;

/** KaTeX and its style sheet, fetched once, with the first formula that comes into view. A failed fetch is tried again. */
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
 * A formula, drawn once it has come into view and the page is quiet. Its place is kept
 * empty until then. Where KaTeX cannot be had or cannot read the formula, or is long in coming, and in print, its source stands there.
 * @param tex LaTeX @param block on a line of its own, larger
 */
export function Formula({ tex, block = false }: { tex: string; block?: boolean }) {
  const place = useRef<HTMLSpanElement>(null);
  const [drawn, setDrawn] = useState<string>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let current = true;
    const draw = async () => {
      try {
        await quiet();
        const katex = await loadKatex();
        await idle(); // a formula at a time
        if (!current || !place.current) return;
        katex.render(tex, place.current, { displayMode: block, throwOnError: true, output: 'htmlAndMathml' });
        setDrawn(tex);
        setFailed(false);
      } catch {
        if (!current) return;
        setDrawn(undefined);
        setFailed(true);
      }
    };
    const seen = new IntersectionObserver(([entry]) => {
      if (!entry?.isIntersecting) return;
      seen.disconnect();
      void draw();
    });
    if (place.current?.parentElement) seen.observe(place.current.parentElement);
    return () => {
      current = false;
      seen.disconnect();
    };
  }, [tex, block]);
  const ready = drawn === tex;
  return (
    <span className={block ? styles.block : undefined}>
      <span ref={place} hidden={!ready} />
      {!ready && <code className={failed ? styles.source : styles.waiting}>{tex}</code>}
    </span>
  );
}
