import { usgsService } from './data/usgsService.ts';

/**
 * Nothing from elsewhere, no inline script or style sheet, no plugin, no form. Style attributes may stand: a figure that is
 * saved is first drawn as an SVG that carries its styles in them. Compiled WebAssembly is for onnxruntime-web.
 */
const page = {
  'default-src': "'none'",
  'script-src': "'self' 'wasm-unsafe-eval'",
  'style-src': "'self'",
  'style-src-attr': "'unsafe-inline'",
  'img-src': "'self' blob: data:",
  'font-src': "'self'",
  'connect-src': "'self'",
  'worker-src': "'self'",
  'frame-src': "'self'",
  'manifest-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
};

/** The one document that may speak to another origin, and it to a single service. */
const usgs = {
  'default-src': "'none'",
  'script-src': "'self'",
  'connect-src': usgsService,
  'base-uri': "'none'",
  'form-action': "'none'",
};

/** The Content-Security-Policy of what is served at a path of the site. */
export function contentSecurity(path: string): string {
  const policy = path.endsWith('/usgs.html') ? usgs : page;
  return Object.entries(policy)
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; ');
}
