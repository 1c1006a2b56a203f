// A Parquet file put together by hand, so that any part of it can lie.

/** A value of Thrift's compact protocol: a struct by field number, a list of structs or texts, a whole number, a text, a Boolean. */
export type Thrift = ThriftStruct | readonly ThriftStruct[] | readonly string[] | number | string | boolean;
export interface ThriftStruct {
  readonly [field: number]: Thrift;
}

export function thrift(struct: ThriftStruct): Buffer {
  const parts: Buffer[] = [];
  let before = 0;
  for (const [key, value] of Object.entries(struct)) {
    const field = Number(key);
    parts.push(Buffer.from([((field - before) << 4) | typeOf(value)]));
    if (typeof value !== 'boolean') parts.push(bytesOf(value));
    before = field;
  }
  return Buffer.concat([...parts, Buffer.from([0])]);
}

function typeOf(value: Thrift): number {
  if (typeof value === 'boolean') return value ? 1 : 2;
  if (typeof value === 'number') return 6;
  if (typeof value === 'string') return 8;
  return Array.isArray(value) ? 9 : 12;
}

function bytesOf(value: Thrift): Buffer {
  if (typeof value === 'number') return varint(value < 0 ? -2 * value - 1 : 2 * value);
  if (typeof value === 'string') return Buffer.concat([varint(Buffer.byteLength(value)), Buffer.from(value)]);
  if (!Array.isArray(value)) return thrift(value as ThriftStruct);
  const elements = value as readonly (ThriftStruct | string)[];
  const type = typeof elements[0] === 'string' ? 8 : 12;
  return Buffer.concat([Buffer.from([0xf0 | type]), varint(elements.length), ...elements.map(bytesOf)]);
}

export function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left > 127; left = Math.floor(left / 128)) bytes.push((left % 128) | 128);
  return Buffer.from([...bytes, left]);
}

export interface WrittenPage {
  readonly body: Buffer;
  /** Cells, or values of a dictionary. */
  readonly values: number;
  readonly encoding?: number;
  readonly isDictionary?: boolean;
  /** Fields of the page's header that are to be others. */
  readonly header?: ThriftStruct;
}

export interface WrittenFile {
  readonly pages: readonly WrittenPage[];
  readonly rows: number;
  /** Fields of the column's schema element; by default a required BYTE_ARRAY of name `x`. */
  readonly column?: ThriftStruct;
  /** Fields of the chunk's metadata, its place, the row group and the footer that are to be others. */
  readonly metadata?: ThriftStruct;
  readonly chunk?: ThriftStruct;
  readonly footer?: ThriftStruct;
}

/** A file of one column `x` in one row group. */
export function writtenFile({ pages, rows, column, metadata, chunk, footer }: WrittenFile): Buffer {
  const element: ThriftStruct = { 1: 6, 3: 0, 4: 'x', ...column };
  const written = pages.map(({ body, values, encoding = 0, isDictionary = false, header }) => {
    const inner = { 1: values, 2: encoding, ...(isDictionary ? {} : { 3: 3, 4: 3 }) };
    const size = { 2: body.length, 3: body.length };
    return Buffer.concat([
      thrift(isDictionary ? { 1: 2, ...size, 7: inner, ...header } : { 1: 0, ...size, 5: inner, ...header }),
      body,
    ]);
  });
  const bytes = Buffer.concat([Buffer.from('PAR1'), ...written]);
  const length = bytes.length - 4;
  const said = { 1: element[1] ?? 6, 2: [], 3: ['x'], 4: 0, 5: rows, 6: length, 7: length, 9: 4, ...metadata };
  const group = { 1: [{ 2: 4, 3: said, ...chunk }], 2: length, 3: rows };
  const end = thrift({ 1: 2, 2: [{ 4: 'schema', 5: 1 }, element], 3: rows, 4: [group], ...footer });
  return withFooter(bytes, end);
}

/** The bytes, a footer behind them, and what ends a file. */
export function withFooter(bytes: Buffer, footer: Buffer): Buffer {
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(footer.length);
  tail.write('PAR1', 4);
  return Buffer.concat([bytes, footer, tail]);
}
