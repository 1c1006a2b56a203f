import type { TableOptions } from '../open-table.ts';
import type { ProfiledTable, ProfileOptions } from '../profile/profile-columns.ts';
import type { ScanColumn } from '../scan.ts';
import type { SourceAddress } from '../source.ts';
import type { Part } from './parts.ts';

/** What a worker is started with. */
export interface WorkerTask {
  readonly module: WebAssembly.Module;
  readonly address: SourceAddress;
  readonly open: Omit<TableOptions, 'signal'>;
  readonly wanted: readonly ScanColumn[];
  readonly part: Part;
  readonly profile: Omit<ProfileOptions, 'signal'>;
}

/** The one thing that a worker says. */
export type WorkerReply =
  | { readonly kind: 'profiled'; readonly table: ProfiledTable }
  /** The sentence of a `UserError`. */
  | { readonly kind: 'user-error'; readonly message: string }
  | { readonly kind: 'failure'; readonly message: string; readonly stack: string | undefined };

/** The memory of all arrays of a profile, to be handed over and not copied. */
export function buffersOf({ sketch }: ProfiledTable): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  function collect(value: unknown): void {
    if (ArrayBuffer.isView(value)) buffers.add(value.buffer as ArrayBuffer);
    else if (typeof value === 'object' && value !== null && !(value instanceof Map))
      Object.values(value).forEach(collect);
  }
  sketch.columns.forEach(collect);
  return [...buffers];
}
