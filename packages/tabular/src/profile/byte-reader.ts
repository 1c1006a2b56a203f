/** The bytes of a profile are not what was written. */
export class DamagedBytes extends Error {}

/** Reads what a `ByteWriter` wrote. Throws `DamagedBytes` for anything that it cannot have written; never reads or makes room for more than is there. */
export interface ByteReader {
  byte(): number;
  whole(): number;
  signed(): number;
  double(): number;
  text(): string;
  bytes(length: number): Uint8Array;
  /** How many items follow that take at least one byte each. */
  length(): number;
  /** Throws unless all was read. */
  end(): void;
}

export function byteReader(source: Uint8Array): ByteReader {
  const view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  let at = 0;

  function take(length: number): number {
    if (length > source.length - at) throw new DamagedBytes('it ends too early');
    at += length;
    return at - length;
  }

  function byte(): number {
    return source[take(1)] as number;
  }

  function whole(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const group = byte();
      value += (group & 127) * factor;
      if (value > Number.MAX_SAFE_INTEGER) throw new DamagedBytes('a number is too large');
      if (group < 128) return value;
      if (factor > 2 ** 49) throw new DamagedBytes('a number is too long');
    }
  }

  function bytes(length: number): Uint8Array {
    const from = take(length);
    return source.subarray(from, from + length);
  }

  function length(): number {
    const items = whole();
    if (items > source.length - at) throw new DamagedBytes('a list is longer than the file');
    return items;
  }

  return {
    byte,
    whole,
    signed() {
      const value = whole();
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    },
    double: () => view.getFloat64(take(8), true),
    text() {
      const units = new Uint16Array(length());
      for (let i = 0; i < units.length; i++) {
        const unit = whole();
        if (unit > 0xffff) throw new DamagedBytes('a text holds what is no character');
        units[i] = unit;
      }
      return textOf(units);
    },
    bytes,
    length,
    end() {
      if (at !== source.length) throw new DamagedBytes('something follows its end');
    },
  };
}

/** Units that a call can take as arguments. */
const unitsPerCall = 1 << 12;

function textOf(units: Uint16Array): string {
  let text = '';
  for (let from = 0; from < units.length; from += unitsPerCall) {
    text += String.fromCharCode(...units.subarray(from, from + unitsPerCall));
  }
  return text;
}
