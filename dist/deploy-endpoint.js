import { runStep } from './main.js';
await runStep('deploy-endpoint', import.meta.url);
