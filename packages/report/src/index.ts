export * from './charts/index.ts';
export * from './html/index.ts';
export * from './markdown.ts';
