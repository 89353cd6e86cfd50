// node test/bench/readTable.mjs [events|wide] [MiB]: what it takes to read a table of that size.
import { runModule } from '../../src/node/runModule.mjs';

await runModule(new URL('./readTable.ts', import.meta.url), process.argv.slice(2));
