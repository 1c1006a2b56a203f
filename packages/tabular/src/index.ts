export { type CaptureFormat, captureFormats } from './captures/formats.ts';
export type { CaptureOptions } from './captures/open.ts';
export { type CellValue, type ColumnType, cellValue, columnTypes } from './cell.ts';
export { type CollectedColumn, type CollectedNumbers, type CollectOptions, collectColumns } from './collect.ts';
export { type Place, tableFault } from './fault.ts';
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
export { openParquet } from './parquet/parquet.ts';
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
export type { ColumnSketch, TableSketch } from './profile/sketch.ts';
export { type ScanColumn, type ScanFacts, type Scanner, type ScanType, type Sink, scanTypes } from './scan.ts';
export { type ColumnRule, type Limit, type Schema, schemaValidator, type Violation, violationText } from './schema.ts';
export type { ByteSource, SourceAddress } from './source.ts';
export { fileSource } from './sources/file.ts';
export { httpSource } from './sources/http.ts';
export { streamSource } from './sources/stream.ts';
export { groupSplit, type SplitAssigner, stratifiedSplit } from './split.ts';
export { type Batch, formatOf, type Row, readTable, type TableFormat } from './table.ts';
export { type ColumnProfile, type TableProfile, tableProfiler } from './table-profile.ts';
export { type FilePlaces, type FilePlacesOptions, tableSource } from './tables/files.ts';
export { profileTables } from './threads/profile-tables.ts';
export { runScanWorker } from './threads/scan-worker.ts';
