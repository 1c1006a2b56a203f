export * from './adwin.ts';
export * from './cbpe.ts';
export * from './ddm.ts';
export * from './isotonic.ts';
export * from './page-hinkley.ts';
export * from './sample.ts';
export * from './stream-detector.ts';
