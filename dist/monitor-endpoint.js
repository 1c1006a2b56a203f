import { runStep } from './main.js';
await runStep('monitor-endpoint', import.meta.url);
