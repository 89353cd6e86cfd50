import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { contentSecurity } from './src/app/contentSecurity.ts';

/** Shaders without their comments and indentation: a third of what the worker would weigh is prose for readers. */
const bareShaders: Plugin = {
  name: 'bare-shaders',
  enforce: 'pre',
  apply: 'build',
  load(id) {
    if (!id.endsWith('.wgsl?raw')) return undefined;
    const text = readFileSync(id.slice(0, -'?raw'.length), 'utf8');
    const bare = text.replace(/\/\/.*$/gm, '').replace(/\s*\n\s*/g, '\n');
    return `export default ${JSON.stringify(bare.trim())}`;
  },
};

/**
 * The policy of every document and script of the built page, three times over: in the documents themselves, which any server
 * sends as they are; as headers of `npm start`, since a worker obeys only those it comes with; and as `_headers`, which
 * several hosts of static pages read.
 */
const contentSecurityPolicy: Plugin = {
  name: 'content-security-policy',
  transformIndexHtml: {
    order: 'post',
    handler: (_, { path, server }) => {
      if (server) return []; // the development server injects scripts of its own
      const content = contentSecurity(path);
      return [
        {
          tag: 'meta',
          attrs: { 'http-equiv': 'Content-Security-Policy', content },
          injectTo: 'head-prepend',
        },
      ];
    },
  },
  generateBundle() {
    const policyOf = (path: string) => `${path}\n  Content-Security-Policy: ${contentSecurity(path)}\n`;
    const usgs = `/usgs.html\n  ! Content-Security-Policy\n  Content-Security-Policy: ${contentSecurity('/usgs.html')}\n`;
    this.emitFile({ type: 'asset', fileName: '_headers', source: policyOf('/*') + usgs });
  },
  configurePreviewServer({ middlewares }) {
    middlewares.use((request, response, next) => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      response.setHeader('Content-Security-Policy', contentSecurity(pathname));
      response.setHeader('X-Content-Type-Options', 'nosniff');
      response.setHeader('Referrer-Policy', 'no-referrer');
      next();
    });
  },
};

/** Folders of the packages that the page and its workers are bundled from. */
const bundledPackages = new Set<string>();

/** Notes what is bundled. Workers come first, and the page that has them writes all their licences beside itself. */
const licences = (of: 'page' | 'worker'): Plugin => ({
  name: 'licences',
  apply: 'build',
  generateBundle(_, bundle) {
    for (const id of Object.values(bundle).flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []))) {
      const [, folder] = /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id) ?? [];
      if (folder && existsSync(join(folder, 'package.json'))) bundledPackages.add(folder);
    }
    if (of === 'worker') return;
    const own = `Posterior Lab\n\n${readFileSync('LICENSE', 'utf8')}\nIt is made with these packages, each under its own licence.\n`;
    const source = [own, ...[...bundledPackages].map(licenceOf).sort()].join(`\n${'-'.repeat(80)}\n\n`);
    this.emitFile({ type: 'asset', fileName: 'licences.txt', source });
  },
});

/** Name, version, licence and home of a package, and the licence's text where the package has it. */
function licenceOf(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const { name, version, license, homepage, repository } = manifest;
  const home = homepage ?? repository?.url ?? repository;
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  const text = file ? `\n${readFileSync(join(folder, file), 'utf8').trim()}\n` : '';
  return `${[`${name} ${version}`, license, home].filter(Boolean).join(', ')}\n${text}`;
}

/** Everything the page is made of is kept after the first visit, so that it opens without a network. */
const offline = VitePWA({
  registerType: 'prompt',
  injectRegister: false,
  manifest: {
    name: 'Posterior Lab',
    short_name: 'Posterior Lab',
    description:
      'Train latent diffusion models for time series on your own GPU and see whether the decoder still listens.',
    display: 'standalone',
    start_url: '.',
    background_color: '#0f1720',
    theme_color: '#123b5d',
    icons: [
      { src: 'icon.svg', sizes: 'any', type: 'image/svg+xml' },
      { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
      { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
    ],
  },
  workbox: {
    globPatterns: ['**/*.{html,js,css,svg,png,woff2,csv,json,txt}'],
    navigateFallbackDenylist: [/\/usgs\.html$/],
    inlineWorkboxRuntime: true,
    sourcemap: false,
  },
});

/** The page. Relative asset addresses, so that the built folder works from any path. */
export default defineConfig({
  base: './',
  plugins: [react(), bareShaders, contentSecurityPolicy, licences('page'), offline],
  worker: { format: 'es', plugins: () => [bareShaders, licences('worker')] },
  build: {
    target: 'es2023',
    chunkSizeWarningLimit: 1500,
    rolldownOptions: { input: ['index.html', 'usgs.html'] },
    // Fonts stay files: the policy takes none that are written into a style sheet.
    assetsInlineLimit: (file) => (/\.(woff2?|ttf)$/.test(file) ? false : undefined),
  },
});
