import { tableFault } from '../fault.ts';
import type { ByteSource } from '../source.ts';
import { type ParquetColumn, readingOf, unreadable } from './columns.ts';
import { readSchemaElement, type SchemaElement } from './schema-element.ts';
import { type ThriftReader, thriftBinary, thriftReader, thriftStruct } from './thrift.ts';

/** Where the pages of one column in one row group lie, as the footer says; nothing of it is checked yet. */
export interface ChunkPlace {
  physical: number;
  codec: number;
  values: number;
  bytes: number;
  dataPage: number;
  dictionaryPage: number;
  /** Why it cannot be read, where the footer says so. */
  elsewhere?: string;
}

export interface RowGroup {
  readonly rows: number;
  /** By leaf column. */
  readonly chunks: readonly ChunkPlace[];
}

/** What the end of a Parquet file says about the rest. */
export interface Footer {
  readonly rows: number;
  readonly columns: readonly ParquetColumn[];
  readonly rowGroups: readonly RowGroup[];
  /** Where the footer begins: no page may reach beyond. */
  readonly start: number;
}

const magic = 'PAR1';
const encryptedMagic = 'PARE';

/** Most footers fit into this, and one request brings it. */
const firstRead = 64 << 10;
const largestFooter = 64 << 20;
const mostColumns = 10_000;
const deepestColumn = 64;

/** So many rows, and so many for each byte of the file, are no table but an attempt to keep a reader busy. */
const freeRows = 1e8;
const mostRowsOfByte = 1000;

/** A row group beyond this cannot be counted in 32 bits. */
const mostRowsOfGroup = 2 ** 31 - 1;

/**
 * Reads and checks the footer. Throws a `UserError` for a file that is no Parquet file, is cut off, encrypted or damaged, has over 10,000 columns,
 * two of one name, or claims more rows than its size can hold.
 *
 * Written here and not taken from hyparquet: page headers need a Thrift reader that a hostile file cannot keep busy or make allocate without end
 * in any case, and the statistics that are most of a footer are not wanted.
 */
export async function readFooter(source: ByteSource & Required<Pick<ByteSource, 'size' | 'range'>>): Promise<Footer> {
  const { size } = source;
  const file = source.label;
  if (size < 12)
    throw tableFault({ file }, `has ${size} bytes: it is no Parquet file, or is cut off. Write or fetch it again.`);
  const end = await source.range(Math.max(0, size - firstRead), size);
  const tail = Buffer.from(end.buffer, end.byteOffset + end.length - 8, 8);
  const found = tail.toString('latin1', 4);
  if (found === encryptedMagic) throw tableFault({ file }, 'is encrypted. Write it without encryption.');
  if (found !== magic) {
    throw tableFault(
      { file },
      'does not end as a Parquet file does: it is cut off, or in another format. Write or fetch it again.',
    );
  }
  const length = tail.readUInt32LE(0);
  const start = size - 8 - length;
  if (start < 4) throw tableFault({ file }, 'is cut off: its footer is larger than the file. Write or fetch it again.');
  if (length > largestFooter) {
    throw tableFault(
      { file },
      `has a footer of ${length} bytes, over the limit of ${largestFooter}. Write fewer row groups or columns.`,
    );
  }
  const bytes =
    length + 8 <= end.length
      ? end.subarray(end.length - 8 - length, end.length - 8)
      : await source.range(start, size - 8);
  const fail = (what: string): never => {
    throw tableFault({ file }, `has a damaged footer: ${what}. Write or fetch the file again.`);
  };
  const footer = parseFooter(thriftReader(bytes, 0, fail), file, fail);
  checkRows(footer, size, file, fail);
  return { ...footer, start };
}

function parseFooter(reader: ThriftReader, file: string, fail: (what: string) => never): Omit<Footer, 'start'> {
  const elements: SchemaElement[] = [];
  const rowGroups: RowGroup[] = [];
  let rows = 0;
  reader.struct((field) => {
    if (field === 2) {
      reader.list((type) => {
        if (type !== thriftStruct) fail('its columns are no list of columns');
        elements.push(readSchemaElement(reader));
      });
    } else if (field === 3) rows = reader.integer();
    else if (field === 4) {
      reader.list((type) => {
        if (type !== thriftStruct) fail('its row groups are no list of row groups');
        rowGroups.push(readRowGroup(reader, fail));
      });
    } else return false;
    return true;
  });
  return { rows, columns: columnsOf(elements, file, fail), rowGroups };
}

function readRowGroup(reader: ThriftReader, fail: (what: string) => never): RowGroup {
  const chunks: ChunkPlace[] = [];
  let rows = 0;
  reader.struct((field) => {
    if (field === 1) {
      reader.list((type) => {
        if (type !== thriftStruct) fail('a row group holds no list of columns');
        chunks.push(readChunkPlace(reader));
      });
    } else if (field === 3) rows = reader.integer();
    else return false;
    return true;
  });
  return { rows, chunks };
}

function readChunkPlace(reader: ThriftReader): ChunkPlace {
  const place: ChunkPlace = { physical: -1, codec: -1, values: 0, bytes: 0, dataPage: 0, dictionaryPage: 0 };
  reader.struct((field, type) => {
    if (field === 1 && type === thriftBinary) place.elsewhere = 'lies in another file, which is not read';
    else if (field === 8) place.elsewhere = 'is encrypted. Write it without encryption';
    else if (field === 3 && type === thriftStruct) {
      readChunkMetadata(reader, place);
      return true;
    }
    return false;
  });
  return place;
}

function readChunkMetadata(reader: ThriftReader, place: ChunkPlace): void {
  reader.struct((field) => {
    if (field === 1) place.physical = reader.integer();
    else if (field === 4) place.codec = reader.integer();
    else if (field === 5) place.values = reader.integer();
    else if (field === 7) place.bytes = reader.integer();
    else if (field === 9) place.dataPage = reader.integer();
    else if (field === 11) place.dictionaryPage = reader.integer();
    else return false;
    return true;
  });
}

/** The columns of the table: the root's children, each with the number of its leaf among all leaves. A nested one is there, but unreadable. */
function columnsOf(elements: readonly SchemaElement[], file: string, fail: (what: string) => never): ParquetColumn[] {
  const root = elements[0];
  if (root === undefined) fail('it names no columns');
  const columns: ParquetColumn[] = [];
  const names = new Set<string>();
  let at = 1;
  let leaf = 0;

  function passOver(depth: number): void {
    const element = elements[at];
    if (element === undefined || depth > deepestColumn) fail('its tree of columns is damaged');
    at++;
    if (element.children <= 0) leaf++;
    for (let child = 0; child < element.children; child++) passOver(depth + 1);
  }

  while (at < elements.length) {
    const element = elements[at] as SchemaElement;
    const isFlat = element.children <= 0 && element.repetition !== 'repeated';
    const reading = isFlat
      ? readingOf(element)
      : unreadable('is nested (a list, a map or a struct): flatten it before writing');
    columns.push({
      name: element.name,
      ...reading,
      physical: element.physical,
      nullable: element.repetition === 'optional',
      leaf,
    });
    if (names.has(element.name)) throw tableFault({ file, column: element.name }, 'stands twice. Rename one.');
    names.add(element.name);
    passOver(0);
  }
  if (columns.length !== root.children) fail('its tree of columns is damaged');
  if (columns.length > mostColumns) {
    throw tableFault({ file }, `has ${columns.length} columns, over the limit of ${mostColumns}. Write fewer.`);
  }
  return columns;
}

function checkRows(
  { rows, rowGroups }: Omit<Footer, 'start'>,
  size: number,
  file: string,
  fail: (what: string) => never,
): void {
  let sum = 0;
  for (const group of rowGroups) {
    if (!(group.rows >= 0)) fail(`a row group of ${group.rows} rows`);
    if (group.rows > mostRowsOfGroup) {
      throw tableFault(
        { file },
        `has a row group of ${group.rows} rows, over the limit of ${mostRowsOfGroup}. Write smaller row groups.`,
      );
    }
    sum += group.rows;
  }
  if (rows !== sum) fail(`it counts ${rows} rows, and its row groups ${sum}`);
  if (rows > freeRows && rows > mostRowsOfByte * size) fail(`${rows} rows cannot stand in ${size} bytes`);
}
