import { type RefObject, useEffect, useRef, useState } from 'react';
import { textScale } from './textScale.ts';

/** The width of an element, so that an SVG can be drawn at its own size and its text keeps its own: in pixels of a page whose text has 16. */
export function useWidth<T extends Element>(initial: number): [RefObject<T | null>, number] {
  const ref = useRef<T>(null);
  const [width, setWidth] = useState(initial);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => setWidth(element.clientWidth / textScale() || initial);
    measure();
    const resized = new ResizeObserver(measure);
    resized.observe(element);
    return () => resized.disconnect();
  }, [initial]);
  return [ref, width];
}
