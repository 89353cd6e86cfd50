// npm run bench:engine -- [ROUNDS] [transformer|alone|eight|coarse|fine|sizes|scores]: what the engine's own parts cost; `alone`: without subgroups,
// `eight`: with 8 rows a workgroup of the LSTM, `coarse` and `fine`: cut so, whatever the adapter.
import { runModule } from '../../src/node/runModule.mjs';

await runModule(new URL('./engine.ts', import.meta.url), process.argv.slice(2));
