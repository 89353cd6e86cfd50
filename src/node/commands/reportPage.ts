import { fileURLToPath } from 'node:url';
import type { Rolldown } from 'vite';
import type { ReportData } from '../../engine/train/reportData.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const entry = fileURLToPath(new URL('../../app/report/main.tsx', import.meta.url));

/** What the file may do: run its own script and style, and nothing else; it reaches no network. */
const policy =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'";

/** A report as one HTML file that needs nothing beside it: the page's own charts, built, and the data as JSON. */
export async function reportPage(data: ReportData): Promise<string> {
  const { script, style } = await bundle();
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${textInHtml(data.title)}</title>
<style>${style.replaceAll('</', '<\\/')}</style>
</head>
<body>
<div id="root"></div>
<noscript>The charts of this report are drawn by a script inside this file; allow it to run.</noscript>
<script type="application/json" id="report">${jsonInHtml(data)}</script>
<script type="module">${script.replaceAll(/<(?=\/script|!--)/gi, '\\x3c')}</script>
</body>
</html>
`;
}

/** JSON in which no text can end the element it stands in, or begin a comment. */
function jsonInHtml(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('&', '\\u0026')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

export function textInHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] as string);
}

/** The charts and their styles, each as one text. */
async function bundle(): Promise<{ script: string; style: string }> {
  // Loaded here: every other command starts without them.
  const [{ build }, { default: react }] = await Promise.all([import('vite'), import('@vitejs/plugin-react')]);
  process.env.NODE_ENV = 'production'; // else React is built as for its developers
  const result = (await build({
    root,
    configFile: false,
    envDir: false,
    publicDir: false,
    mode: 'production',
    logLevel: 'error',
    plugins: [react()],
    build: {
      write: false,
      target: 'es2023',
      cssCodeSplit: false,
      assetsInlineLimit: Number.POSITIVE_INFINITY,
      modulePreload: false,
      reportCompressedSize: false,
      chunkSizeWarningLimit: 4000,
      rolldownOptions: { input: entry, output: { codeSplitting: false } },
    },
  })) as Rolldown.RolldownOutput;
  const [{ output }] = [result].flat() as [Rolldown.RolldownOutput];
  const script = output.flatMap((part) => (part.type === 'chunk' ? [part.code] : [])).join('\n');
  const style = output
    .flatMap((part) => (part.type === 'asset' && part.fileName.endsWith('.css') ? [String(part.source)] : []))
    .join('\n');
  return { script, style };
}
