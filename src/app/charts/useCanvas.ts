import { type RefObject, useEffect, useRef } from 'react';
import { onPaletteChange } from './paletteChange.ts';

/** What a painter is given: sizes in CSS pixels, and the page's colours, which a canvas does not know by itself. */
export interface Surface {
  context: CanvasRenderingContext2D;
  width: number;
  height: number;
  colour: (token: `--${string}`) => string;
  scheme: 'light' | 'dark';
}

/**
 * A canvas as sharp as the screen, painted again when `paint` changes, when its place changes size and when the page's
 * colours do.
 * @param paint kept with useCallback, or every render paints
 */
export function useCanvas(paint: (surface: Surface) => void): RefObject<HTMLCanvasElement | null> {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const canvas = ref.current;
    const context = canvas?.getContext('2d');
    if (!canvas || !context) return;
    const draw = () => {
      const [width, height] = [canvas.clientWidth, canvas.clientHeight];
      const ratio = window.devicePixelRatio || 1;
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, width, height);
      const style = getComputedStyle(canvas);
      const colour = (token: string) => style.getPropertyValue(token).trim();
      if (width > 0 && height > 0)
        paint({ context, width, height, colour, scheme: schemeOf(colour('--paper')) });
    };
    draw();
    const resized = new ResizeObserver(draw);
    const unwatch = onPaletteChange(draw);
    resized.observe(canvas);
    return () => {
      unwatch();
      resized.disconnect();
    };
  }, [paint]);
  return ref;
}

/** Whether paper of this colour, `#rrggbb`, is dark. */
function schemeOf(paper: string): 'light' | 'dark' {
  const red = Number.parseInt(paper.slice(1, 3), 16);
  return red < 128 ? 'dark' : 'light';
}
