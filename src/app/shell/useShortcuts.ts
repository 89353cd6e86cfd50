import { useEffect } from 'react';
import { obey, pressOf } from './shortcuts.ts';

/** Listens for the keyboard's shortcuts in the whole document. */
export function useShortcuts(): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (obey(pressOf(event))) event.preventDefault();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}
