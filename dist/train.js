import { runStep } from './main.js';
await runStep('train', import.meta.url);
