export * from './define.ts';
export * from './names.ts';
export * from './parse.ts';
