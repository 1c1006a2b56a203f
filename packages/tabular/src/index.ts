export type { ReadOptions } from './bytes.ts';
export { type CaptureFormat, captureFormats } from './captures/formats.ts';
export type { CaptureOptions } from './captures/open.ts';
export { type CellValue, type ColumnType, cellValue, columnTypes } from './cell.ts';
export {
  type CollectedColumn,
  type CollectedNumbers,
  type CollectedTable,
  type CollectedTexts,
  type CollectOptions,
  collectColumns,
} from './collect.ts';
export { firstMisfit } from './csv/parts.ts';
export { type Place, placeText, tableFault } from './fault.ts';

export { type ScanFormat, scanFormats } from './format.ts';
export { brokenConstraints } from './monitor/broken-constraints.ts';
export {
  type MonitorConstraint,
  type MonitorLimits,
  type MonitorType,
  readMonitorConstraints,
} from './monitor/constraints.ts';
export { type MonitorStatistics, readMonitorStatistics } from './monitor/statistics.ts';
export { openTable, type TableOptions } from './open-table.ts';
export { isParquet } from './parquet/footer.ts';
export { openParquet, type ParquetScanner } from './parquet/parquet.ts';

export { decodeProfile, encodeProfile, isProfile } from './profile/codec.ts';
export { columnOf } from './profile/column-of.ts';
export { mergeProfiles } from './profile/merge.ts';
export {
  type ProfiledTable,
  type ProfileMode,
  type ProfileOptions,
  profileColumns,
  profileModes,
} from './profile/profile-columns.ts';
export type { CategorySketch, ColumnSketch, NumericSketch, TableOrigin, TableSketch } from './profile/sketch.ts';
export { type ColumnProfile, type Profiler, type TableProfile, tableProfiler } from './profile.ts';
export {
  type CodeCells,
  firstHashCode,
  type NumberCells,
  type PartExtent,
  type ScanColumn,
  type ScanFacts,
  type Scanner,
  type ScanOptions,
  type ScanType,
  type Sink,
  scanTypes,
  type TablePart,
} from './scan.ts';
export {
  type ColumnRule,
  type Limit,
  type Schema,
  schemaValidator,
  type Validator,
  type Violation,
  violationText,
} from './schema.ts';
export type { ByteSource, SourceAddress } from './source.ts';
export { sourceAt } from './sources/address.ts';
export { fileSource } from './sources/file.ts';
export { gunzipped } from './sources/gunzip.ts';
export { type HttpOptions, httpSource } from './sources/http.ts';
export { type ByteRange, coalesceRanges, inOrder } from './sources/ranges.ts';
export { streamSource } from './sources/stream.ts';
export { groupSplit, type SplitAssigner, stratifiedSplit } from './split.ts';
export { type Batch, formatOf, type Row, readTable, type TableFormat, tableFormats } from './table.ts';
export { type FilePlaces, type FilePlacesOptions, tableSource } from './tables/files.ts';
export { profileTables, type ThreadOptions } from './threads/profile-tables.ts';
export type { ProfileTask } from './threads/profile-task.ts';
export { runScanWorker } from './threads/scan-worker.ts';
