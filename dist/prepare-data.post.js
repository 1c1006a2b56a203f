import { runPostStep } from './main.js';
await runPostStep('prepare-data', import.meta.url);
