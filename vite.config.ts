import { readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

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

/** The page. Relative asset addresses, so that the built folder works from any path. */
export default defineConfig({
  base: './',
  plugins: [react(), bareShaders],
  worker: { format: 'es', plugins: () => [bareShaders] },
  build: { target: 'es2023', chunkSizeWarningLimit: 1500 },
});
