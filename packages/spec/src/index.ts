export * from './define.ts';
export { durationSeconds } from './duration.ts';
export { helpText, overviewHelp } from './help.ts';
export * from './names.ts';
export { nearest } from './nearest.ts';
export { type InputSource, parseInputs } from './parse.ts';
