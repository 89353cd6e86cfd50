// npm run screenshots -- [DIR] [WORD...]: pictures of every screen whose name has one of the words, to be looked at.
import { runModule } from '../../src/node/runModule.mjs';

await runModule(new URL('./screenshots.ts', import.meta.url), process.argv.slice(2));
