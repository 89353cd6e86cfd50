// npm run bench:page -- [LOADS]: how soon the page is there, and how soon the curves of Train both live have parted,
// there and, by the same engine, in Node.
import { runModule } from '../../src/node/runModule.mjs';

await runModule(new URL('./page.ts', import.meta.url), process.argv.slice(2));
