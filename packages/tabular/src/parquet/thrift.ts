/**
 * Reads Thrift's compact protocol, in which Parquet writes its footer and page headers, and visits only the fields that are asked for.
 * Parquet readers crash most on this part: a length, a depth or a number that makes no sense ends in `fail`, before anything is allocated.
 * Format: `thrift-compact-protocol.md` of apache/thrift.
 */
export interface ThriftReader {
  /** Where the next byte is read. */
  position(): number;
  /** Visits the fields of a struct. `visit` reads the field and returns true, or returns false to pass over it. */
  struct(visit: (field: number, type: number) => boolean): void;
  /** Visits the elements of a list. `visit` reads one. */
  list(visit: (type: number) => void): void;
  /** A signed whole number of up to 64 bits, rounded beyond 2^53. */
  integer(): number;
  text(): string;
}

/** A Boolean field has its value as its type. */
export const thriftTrue = 1;
export const thriftBinary = 8;
export const thriftList = 9;
export const thriftStruct = 12;
const thriftDouble = 7;
const thriftByte = 3;
const thriftSet = 10;

const deepest = 16;

export function thriftReader(bytes: Uint8Array, start: number, fail: (what: string) => never): ThriftReader {
  let at = start;
  let depth = 0;

  function byte(): number {
    const value = bytes[at];
    if (value === undefined) return fail('it is cut off');
    at++;
    return value;
  }

  function unsigned(): number {
    let value = 0;
    let factor = 1;
    for (let index = 0; index < 10; index++) {
      const next = byte();
      value += (next & 127) * factor;
      if (next < 128) return value;
      factor *= 128;
    }
    return fail('it holds a number of more than 64 bits');
  }

  function integer(): number {
    const value = unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  function length(): number {
    const value = unsigned();
    if (value > bytes.length - at) fail('it holds a length beyond its end');
    return value;
  }

  function struct(visit: (field: number, type: number) => boolean): void {
    enter();
    let field = 0;
    for (;;) {
      const head = byte();
      if (head === 0) break;
      const step = head >> 4;
      field = step === 0 ? integer() : field + step;
      const type = head & 15;
      if (!visit(field, type)) skip(type);
    }
    depth--;
  }

  function list(visit: (type: number) => void): void {
    enter();
    const head = byte();
    const size = head >> 4 === 15 ? length() : head >> 4;
    for (let index = 0; index < size; index++) visit(head & 15);
    depth--;
  }

  function enter(): void {
    depth++;
    if (depth > deepest) fail('it is nested too deeply');
  }

  function skip(type: number): void {
    if (type === thriftStruct) struct(() => false);
    else if (type === thriftList || type === thriftSet) list((element) => (element <= 2 ? byte() : skip(element)));
    else if (type === thriftBinary) pass(length());
    else if (type === thriftDouble) pass(8);
    else if (type === thriftByte) pass(1);
    else if (type > thriftByte && type < thriftDouble) unsigned();
    else if (type !== 1 && type !== 2) fail('it holds a field of an unknown type');
  }

  /** Its own function, because `at += length()` would add to where `at` was before the length was read. */
  function pass(size: number): void {
    at += size;
  }

  function text(): string {
    const size = length();
    pass(size);
    return Buffer.from(bytes.buffer, bytes.byteOffset + at - size, size).toString('utf8');
  }

  return { position: () => at, struct, list, integer, text };
}
