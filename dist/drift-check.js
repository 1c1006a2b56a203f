import { runStep } from './main.js';
await runStep('drift-check', import.meta.url);
