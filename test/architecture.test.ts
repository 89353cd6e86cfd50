import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const sourceFolder = fileURLToPath(new URL('../src', import.meta.url));

/** One import statement: who imports, what (a path from `src` for our own files), and whether types only. */
interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

/** What each folder of the engine may import, itself and the packages of npm apart. */
const engineMayImport: Record<string, string[]> = {
  gpu: [],
  kernels: ['gpu'],
  layers: ['gpu', 'kernels'],
  diffusion: ['gpu', 'kernels', 'layers'],
  methods: ['gpu', 'kernels', 'layers', 'diffusion'],
  data: ['gpu', 'kernels', 'layers'],
  metrics: ['gpu', 'kernels', 'layers', 'data'],
  export: ['gpu', 'kernels', 'layers', 'diffusion', 'data'],
  train: ['gpu', 'kernels', 'layers', 'diffusion', 'methods', 'data', 'metrics', 'export'],
};

/** What anybody may import: it imports nothing. */
const anybodysOwn = 'engine/messageOf.ts';

/** What the page's main thread may load of the engine: settings, messages, tables and the reading of files. */
const pageMayLoad = [
  /^engine\/messageOf\.ts$/,
  /^engine\/train\/(choose|config|pilotConfig|protocol|recording|stepReached)\b/,
  /^engine\/data\//,
  /^engine\/export\//,
  /^engine\/diffusion\/schedule\.ts$/,
  /^engine\/(methods|layers)\/(likelihoods\/)?descriptions\.ts$/,
  /^engine\/metrics\/(index|trust|verdict)\.ts$/,
];

const imports = readImports();
const isWorker = (file: string) => /^app\/.*\.worker\.ts$/.test(file);
const part = (path: string) => path.split('/')[0];
const subfolder = (path: string) => path.split('/')[1] as string;
const show = ({ from, to }: Import) => `${from} imports ${to}`;

test('the sources are read at all', () => {
  expect(imports.length).toBeGreaterThan(10);
});

test('the engine imports nothing but itself, its shaders and packages that need neither a page nor Node', () => {
  const foreign = /^(node:|react|recharts|uplot|zustand|vite|webgpu$|tar-fs|playwright)/;
  const wrong = imports.filter(
    ({ from, to }) =>
      part(from) === 'engine' && (foreign.test(to) || ['app', 'node', '..'].includes(part(to) ?? '')),
  );
  expect(wrong.filter(({ to }) => !to.startsWith('../shaders/')).map(show)).toEqual([]);
});

test('inside the engine imports run one way', () => {
  const wrong = imports.filter(({ from, to }) => {
    if (part(from) !== 'engine' || part(to) !== 'engine' || to === anybodysOwn) return false;
    if (subfolder(from) === subfolder(to)) return false;
    return !engineMayImport[subfolder(from)]?.includes(subfolder(to));
  });
  expect(wrong.map(show)).toEqual([]);
});

test('only the kernels import shaders', () => {
  const wrong = imports.filter(
    ({ from, to }) => to.endsWith('.wgsl?raw') && !from.startsWith('engine/kernels/'),
  );
  expect(wrong.map(show)).toEqual([]);
});

test('the page and the command never import each other', () => {
  const wrong = imports.filter(
    ({ from, to }) =>
      (part(from) === 'app' && part(to) === 'node') || (part(from) === 'node' && part(to) === 'app'),
  );
  expect(wrong.map(show)).toEqual([]);
});

test('of the page, only the worker imports the trainer and what it stands on', () => {
  const wrong = imports.filter(
    ({ from, to, typeOnly }) =>
      part(from) === 'app' &&
      part(to) === 'engine' &&
      !isWorker(from) &&
      !typeOnly &&
      !pageMayLoad.some((allowed) => allowed.test(to)),
  );
  expect(wrong.map(show)).toEqual([]);
});

test('no kernel, no layer and no GPU code comes into the page’s own bundle, however far away it is imported', () => {
  const loaded = new Map<string, string>([['app/main.tsx', 'app/main.tsx']]);
  for (const [file, way] of loaded) {
    for (const { from, to, typeOnly } of imports) {
      if (from === file && !typeOnly && !isWorker(to) && !loaded.has(to)) loaded.set(to, `${way} > ${to}`);
    }
  }
  expect(loaded.size).toBeGreaterThan(50);
  const heavy =
    /\.wgsl|^engine\/(gpu|kernels)\/|^engine\/(layers|methods)\/(?!(likelihoods\/)?descriptions\.ts)/;
  expect([...loaded].filter(([file]) => heavy.test(file)).map(([, way]) => way)).toEqual([]);
});

/** Every import of every source file: static, re-exporting, dynamic, and a worker's `new URL`. */
function readImports(): Import[] {
  const statement =
    /(?:^|\n)\s*(?:import|export)\s+(type\s)?(?:[\w*{}\s,$]+?\sfrom\s+)?'([^']+)'|import\('([^']+)'\)|new URL\('(\.[^']+\.ts)'/g;
  return readdirSync(sourceFolder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|tsx|mjs)$/.test(file))
    .flatMap((file) => {
      const text = readFileSync(join(sourceFolder, file), 'utf8');
      const from = file.split(sep).join('/');
      return [...text.matchAll(statement)].map(([, type, named, dynamic, worker]) => {
        const specifier = (named ?? dynamic ?? worker) as string;
        const own = specifier.startsWith('.');
        const target = relative(sourceFolder, join(sourceFolder, dirname(file), specifier));
        return { from, to: own ? target.split(sep).join('/') : specifier, typeOnly: Boolean(type) };
      });
    });
}
