// The kernels: one WebAssembly module, so that what one kernel reads another can count without a copy. Each file is one kernel.
export { countNaNs, setColumn } from './cells';
export { csvFields, csvLines, csvOpen, csvParse, csvPlan, csvStatus, csvStoppedAt } from './csv';
export { allocate, reset } from './memory';
export { numberPowers } from './number';
export { newTexts, textBytes, textCount, textHashCode, textLength, textsHashing } from './text';
