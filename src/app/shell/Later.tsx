import { Component, lazy, type ReactNode, Suspense, useState } from 'react';

const rest: (() => Promise<unknown>)[] = [];

/**
 * A component that is fetched when it is first drawn, inside a `Later`.
 * @param load imports its module
 */
export function later<P extends object, Name extends string>(
  load: () => Promise<Record<Name, (props: P) => ReactNode>>,
  name: Name,
) {
  rest.push(load);
  return lazy(async () => ({ default: (await load())[name] }));
}

/** Fetches what has not been drawn yet, so that it opens at once, and without the network too. */
export async function fetchTheRest(): Promise<void> {
  for (const load of rest) await load().catch(() => {}); // what fails now is tried again when it is drawn
}

/** The place of a component that is fetched late. `fallback` holds the place until then, so that nothing jumps. */
export class Later extends Component<{ fallback?: ReactNode; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    const { fallback = null, children } = this.props;
    if (!this.state.failed) return <Suspense fallback={fallback}>{children}</Suspense>;
    return (
      <p className="notice warn" role="alert">
        This part of the page could not be shown. Reload the page to try again; the address keeps the
        settings.
      </p>
    );
  }
}

/** True from the first time that `now` is: what was opened once stays in the page, and can give back the focus. */
export function useEver(now: boolean): boolean {
  const [ever, setEver] = useState(now);
  if (now && !ever) setEver(true);
  return ever || now;
}
