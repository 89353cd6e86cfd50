import { type RefObject, useEffect, useRef, useState } from 'react';

/** The width of an element in CSS pixels, so that an SVG can be drawn at its own size and its text keeps its own. */
export function useWidth<T extends Element>(initial: number): [RefObject<T | null>, number] {
  const ref = useRef<T>(null);
  const [width, setWidth] = useState(initial);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => setWidth(element.clientWidth || initial);
    measure();
    const resized = new ResizeObserver(measure);
    resized.observe(element);
    return () => resized.disconnect();
  }, [initial]);
  return [ref, width];
}
