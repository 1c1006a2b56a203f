// The kernels: one WebAssembly module, so that what one kernel reads another can count without a copy. Each file is one kernel.

export { endOfDeltas, expandDeltas, openDeltas } from './deltas';
export { unpackLz4 } from './lz4';
export { allocate, reset } from './memory';
export {
  clear,
  countNans,
  gatherCodes,
  gatherDoubles,
  joinStreams,
  keepOccurring,
  spreadCodes,
  spreadDoubles,
  sumLevels,
  toDoubles,
} from './parquet';
export { countOnes, countRuns, expandRuns, openBits, openRuns } from './runs';
export { unpackSnappy } from './snappy';
