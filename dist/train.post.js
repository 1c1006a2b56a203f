import { runPostStep } from './main.js';
await runPostStep('train', import.meta.url);
