import { daemon } from './main.js';
await daemon(process.argv.slice(2));
