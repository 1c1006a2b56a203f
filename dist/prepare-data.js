import { runStep } from './main.js';
await runStep('prepare-data', import.meta.url);
