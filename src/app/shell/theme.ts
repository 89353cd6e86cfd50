import { lab } from '../lab.ts';
import { useLab } from '../store.ts';
import type { View } from '../view.ts';

export type Theme = View['theme'];

/** The themes in the order in which they are gone through. */
export const themes: readonly Theme[] = ['auto', 'light', 'dark'];

export function themeAfter(theme: Theme): Theme {
  return themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'auto';
}

/** @param systemDark what the system prefers */
export function resolvedTheme(theme: Theme, systemDark: boolean): 'light' | 'dark' {
  return theme === 'auto' ? (systemDark ? 'dark' : 'light') : theme;
}

export function changeTheme(): void {
  lab.show({ theme: themeAfter(useLab.getState().view.theme) });
}

/**
 * Keeps `data-theme` of the document at what the view or else the system asks for; styles/tokens.css has a palette for either.
 * To be called once, before the first render: charts on a canvas read the colours when they first draw.
 */
export function followTheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const resolved = resolvedTheme(useLab.getState().view.theme, dark.matches);
    const { dataset } = document.documentElement;
    if (dataset.theme !== resolved) dataset.theme = resolved;
  };
  apply();
  dark.addEventListener('change', apply);
  useLab.subscribe(apply);
}
