import { runPostStep } from './main.js';
await runPostStep('deploy-endpoint', import.meta.url);
