export type { ReadOptions } from './bytes.ts';
export { type CellValue, type ColumnType, cellValue, columnTypes } from './cell.ts';
export { type Place, placeText, tableFault } from './fault.ts';
export { isParquet } from './parquet/footer.ts';
export { openParquet, type ParquetScanner } from './parquet/parquet.ts';
export { type ColumnProfile, type Profiler, type TableProfile, tableProfiler } from './profile.ts';
export {
  type ColumnRule,
  type Limit,
  type Schema,
  schemaValidator,
  type Validator,
  type Violation,
  violationText,
} from './schema.ts';
export { groupSplit, type SplitAssigner, stratifiedSplit } from './split.ts';
export { type Batch, formatOf, type Row, readTable, type TableFormat, tableFormats } from './table.ts';
