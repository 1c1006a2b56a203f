import { thriftReader, thriftStruct, thriftTrue } from './thrift.ts';

export const pageKinds = { data: 0, index: 1, dictionary: 2, dataV2: 3 } as const;

export const encodings = {
  plain: 0,
  plainDictionary: 2,
  runs: 3,
  deltas: 5,
  deltaLengths: 6,
  deltaTexts: 7,
  dictionary: 8,
  streams: 9,
} as const;

/** What stands before a page, as it says itself. */
export interface PageHeader {
  kind: number;
  /** Bytes of the page after unpacking and in the file. */
  size: number;
  packed: number;
  /** Cells, null ones included. */
  values: number;
  encoding: number;
  levelEncoding: number;
  /** Of the second version: bytes of the levels, which are never packed, and whether the rest is. */
  definitionBytes: number;
  repetitionBytes: number;
  isPacked: boolean;
  /** Where the page itself begins. */
  end: number;
}

/** Reads the `PageHeader` of `parquet.thrift` that begins at `start`. */
export function readPageHeader(bytes: Uint8Array, start: number, fail: (what: string) => never): PageHeader {
  const reader = thriftReader(bytes, start, fail);
  const header: PageHeader = {
    kind: -1,
    size: -1,
    packed: -1,
    values: -1,
    encoding: -1,
    levelEncoding: encodings.runs,
    definitionBytes: 0,
    repetitionBytes: 0,
    isPacked: true,
    end: start,
  };

  /** The headers of data and dictionary pages of the first version begin alike. */
  function readFirstVersion(): void {
    reader.struct((field) => {
      if (field === 1) header.values = reader.integer();
      else if (field === 2) header.encoding = reader.integer();
      else if (field === 3 && header.kind === pageKinds.data) header.levelEncoding = reader.integer();
      else return false;
      return true;
    });
  }

  function readSecondVersion(): void {
    reader.struct((field, type) => {
      if (field === 1) header.values = reader.integer();
      else if (field === 4) header.encoding = reader.integer();
      else if (field === 5) header.definitionBytes = reader.integer();
      else if (field === 6) header.repetitionBytes = reader.integer();
      else if (field === 7) header.isPacked = type === thriftTrue;
      else return false;
      return true;
    });
  }

  reader.struct((field, type) => {
    if (field === 1) header.kind = reader.integer();
    else if (field === 2) header.size = reader.integer();
    else if (field === 3) header.packed = reader.integer();
    else if ((field === 5 || field === 7) && type === thriftStruct) readFirstVersion();
    else if (field === 8 && type === thriftStruct) readSecondVersion();
    else return false;
    return true;
  });
  header.end = reader.position();
  return header;
}
