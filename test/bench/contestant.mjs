// Starts one contestant on one workload: contestant.mjs NAME WORKLOAD ROUNDS.
import { runModule } from '../../src/node/runModule.mjs';

await runModule(new URL('./contestant.ts', import.meta.url), process.argv.slice(2));
process.exit(); // the libraries keep timers and devices open
