import { runStep } from './main.js';
await runStep('register-model', import.meta.url);
