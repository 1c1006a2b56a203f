import type { TableOptions } from '../open-table.ts';
import type { ProfileOptions } from '../profile/profile-columns.ts';
import type { ScanColumn, Scanner } from '../scan.ts';
import type { ByteSource } from '../source.ts';

/** A table whose columns are to be profiled. */
export interface ProfileTask {
  readonly source: ByteSource;
  /** How `source` was opened, so that another thread can do the same. */
  readonly open?: Omit<TableOptions, 'signal'>;
  /** What `openTable` gave for the two. */
  readonly scanner: Scanner;
  readonly wanted: readonly ScanColumn[];
  readonly profile?: Omit<ProfileOptions, 'signal'>;
}
