export { checkExamples } from './examples.ts';
export { type Effects, type Generation, generate, planGeneration, type Registry } from './generate.ts';
