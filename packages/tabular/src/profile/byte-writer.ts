/** Writes the fields of a profile one after another. */
export interface ByteWriter {
  byte(value: number): void;
  /** A whole number from 0 to 2⁵³ − 1, in groups of seven bits, the lowest first. */
  whole(value: number): void;
  /** A whole number of at most 52 bits and a sign. */
  signed(value: number): void;
  double(value: number): void;
  /** By its UTF-16 units, so that any text comes back as it was. */
  text(value: string): void;
  bytes(value: Uint8Array): void;
  /** What was written. */
  done(): Uint8Array;
}

export function byteWriter(): ByteWriter {
  let buffer = new Uint8Array(1 << 12);
  let length = 0;

  function room(bytes: number): number {
    if (length + bytes > buffer.length) {
      const larger = new Uint8Array(Math.max(2 * buffer.length, length + bytes));
      larger.set(buffer);
      buffer = larger;
    }
    length += bytes;
    return length - bytes;
  }

  function byte(value: number): void {
    const at = room(1);
    buffer[at] = value;
  }

  function whole(value: number): void {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) byte((rest % 128) + 128);
    byte(rest);
  }

  function bytes(value: Uint8Array): void {
    const at = room(value.length);
    buffer.set(value, at);
  }

  return {
    byte,
    whole,
    signed: (value) => whole(value < 0 ? -2 * value - 1 : 2 * value),
    double: (value) => bytes(new Uint8Array(littleEndian(value))),
    text(value) {
      whole(value.length);
      for (let i = 0; i < value.length; i++) whole(value.charCodeAt(i));
    },
    bytes,
    done: () => buffer.subarray(0, length),
  };
}

function littleEndian(value: number): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value, true);
  return view.buffer;
}
