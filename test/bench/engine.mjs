// npm run bench:engine -- [ROUNDS] [alone|sizes|scores]: what the engine's own parts cost; `alone`: without subgroups.
import { runModule } from '../../src/node/runModule.mjs';

await runModule(new URL('./engine.ts', import.meta.url), process.argv.slice(2));
