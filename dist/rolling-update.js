import { runStep } from './main.js';
await runStep('rolling-update', import.meta.url);
