import { runScanWorker } from './scan-worker.ts';

await runScanWorker();
