import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The page. Relative asset addresses, so that the built folder works from any path. */
export default defineConfig({
  base: './',
  plugins: [react()],
  worker: { format: 'es' },
  build: { target: 'es2023', chunkSizeWarningLimit: 1500 },
});
