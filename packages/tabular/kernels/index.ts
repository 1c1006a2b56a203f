// The kernels: one WebAssembly module, so that what one kernel reads another can count without a copy. Each file is one kernel.

export { addToLinearBins, addToPrefixBins, countAtMark } from './bins';
export { countCodes } from './code-counts';
export { allocate, reset } from './memory';
export { finiteValues, sums } from './moments';
export { sortDoubles } from './sort';
export { countValues, findValueCounts, listValues, moveValueCounts } from './value-counts';
