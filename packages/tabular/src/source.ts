/**
 * Bytes that can be read in order, and, where the store allows it, from any place. Implemented here for files, streams and http(s); the
 * providers implement it for their object stores.
 */
export interface ByteSource {
  /** How messages name it. */
  readonly label: string;
  /** Bytes in all; absent for a stream. */
  readonly size?: number;
  /** Which content this is (an ETag). Every read is of this content, or fails. */
  readonly version?: string;
  /**
   * The bytes from `from` up to but not including `to`; absent when only reading in order is possible. They may come in `room`, if that is large
   * enough: what an earlier range was read into and nobody looks at any more.
   */
  range?(from: number, to: number, room?: ArrayBufferLike): Promise<Uint8Array>;
  /** All bytes in order, in chunks of any length. A chunk holds until the next one is asked for: its memory may be used again. */
  stream(signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** Whether `stream` gives the bytes the first time only. */
  readonly once?: boolean;
  /** What another thread needs to open the same source; absent when it cannot. */
  readonly address?: SourceAddress;
}

/** A source as plain data. `files` is a table of several files, which has no bytes of its own: `openTable` reads the files. */
export type SourceAddress =
  | FileAddress
  | { readonly kind: 'files'; readonly files: readonly FileAddress[]; readonly label: string };

/** One file, or what an address gives. */
export type FileAddress =
  | { readonly kind: 'file'; readonly path: string; readonly label: string }
  | { readonly kind: 'http'; readonly url: string; readonly label: string; readonly version?: string };
