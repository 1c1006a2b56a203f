export { actionFaults } from './action-faults.ts';
export { checkExamples } from './examples.ts';
export { type Effects, type Generation, generate, planGeneration, type Registry, specsOf } from './generate.ts';
export { taskFaults } from './task-faults.ts';
