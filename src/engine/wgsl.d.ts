/** The text of a WGSL file, as Vite's `?raw` imports it. */
declare module '*.wgsl?raw' {
  const source: string;
  export default source;
}

/** The text of a Python file. */
declare module '*.py?raw' {
  const source: string;
  export default source;
}

/** The one clock that browsers, workers and Node share. */
declare const performance: { now(): number };
