// npm run faults -- page|device|hidden|storage [COUNT] [SEED]: faults at random moments, and what became of the runs.
import { runModule } from '../../src/node/runModule.mjs';

await runModule(new URL('./faults.ts', import.meta.url), process.argv.slice(2));
