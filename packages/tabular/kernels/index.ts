// The kernels: one WebAssembly module, so that what one kernel reads another can count without a copy. Each file is one kernel.
export { addToLinearBins, addToPrefixBins, countAtMark } from './bins';
export { countNaNs, newColumns, putCellAt, setColumn } from './cells';
export { countCodes } from './code-counts';
export { csvFields, csvLines, csvOpen, csvParse, csvPlan, csvStatus, csvStoppedAt } from './csv';
export { endOfDeltas, expandDeltas, openDeltas } from './deltas';
export { jsonLines, jsonOpen, jsonParse, jsonStoppedAt } from './jsonl';
export { unpackLz4 } from './lz4';
export { allocate, reset } from './memory';
export { finiteValueCounts, finiteValues, sums, weightedSums } from './moments';
export { numberPowers } from './number';
export { boundsOfTexts, codesOfIndices, codesOfTexts } from './page-texts';
export {
  clear,
  gatherDoubles,
  joinStreams,
  keepOccurring,
  spreadCodes,
  spreadDoubles,
  sumLevels,
  toDoubles,
} from './parquet';
export { putEmptyAt, putNumberAt } from './rows';
export { countOnes, countRuns, expandRuns, openBits, openRuns } from './runs';
export { unpackSnappy } from './snappy';
export { sortDoubles } from './sort';
export { codeOf, hashText, newTexts, textBytes, textCount, textHashCode, textLength, textsHashing } from './text';
export { countValues, findValueCounts, listValueCounts, moveValueCounts } from './value-counts';
