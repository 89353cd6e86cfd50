// npm run tables: prints the tables of docs/ anew from docs/results; `npm run format` sets their columns.
import { runModule } from '../../src/node/runModule.mjs';

await runModule(new URL('./tables.ts', import.meta.url), process.argv.slice(2));
