export { driftSamplePage } from './drift-page.ts';
export { gateSamplePage } from './gate-page.ts';
export { hostileSamplePage } from './hostile-page.ts';
