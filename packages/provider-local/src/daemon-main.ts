import { daemon } from './daemon.ts';

await daemon(process.argv.slice(2));
