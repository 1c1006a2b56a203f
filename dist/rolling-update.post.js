import { runPostStep } from './main.js';
await runPostStep('rolling-update', import.meta.url);
