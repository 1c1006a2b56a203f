import { runStep } from './main.js';
await runStep('evaluate-gate', import.meta.url);
