import { scanWorker } from './main.js';
await scanWorker();
