#!/usr/bin/env node
// Starts the headless command.
import { runModule } from './runModule.mjs';

await runModule(new URL('./main.ts', import.meta.url), process.argv.slice(2));
