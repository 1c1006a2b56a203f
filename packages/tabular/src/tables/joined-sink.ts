import { type CellKernel, textLimits } from '../kernels/cells.ts';
import { newKernel } from '../kernels/kernel.ts';
import {
  type CodeCells,
  firstHashCode,
  type Interning,
  type NumberCells,
  type ScanColumn,
  type Sink,
} from '../scan.ts';

/** What the kernel of texts exports for texts from elsewhere. */
interface TextKernel extends CellKernel {
  codeOf(texts: number, text: number, length: number): number;
}

/**
 * Makes the scans of several tables one: each has a kernel and codes of its own, `sink` gets one kernel and one code for a text. `next` is the sink of
 * the next table's scan.
 */
export interface JoinedSink {
  next(): Sink;
}

export function joinedSink(wanted: readonly ScanColumn[], sink: Sink, interning: Interning = {}): JoinedSink {
  const kernel = newKernel() as TextKernel;
  const cells = stretch(kernel);
  const limits = textLimits(wanted, interning);
  const columns = wanted.map(({ type }) => (type === 'category' ? codeColumn(kernel, cells, limits) : undefined));
  sink.start?.(kernel);

  function numbers(column: number, { values, nulls, nans, mistyped }: NumberCells): void {
    const pointer = cells(8 * values.length);
    const copy = new Float64Array(kernel.memory.buffer, pointer, values.length);
    copy.set(values);
    sink.numbers(column, { values: copy, pointer, nulls, nans, mistyped });
  }

  const occurrences = stretch(kernel);

  function copiedCounts(counts: Uint32Array): number {
    const pointer = occurrences(4 * counts.length);
    new Uint32Array(kernel.memory.buffer, pointer, counts.length).set(counts);
    return pointer;
  }

  function numberCounts(column: number, values: Float64Array, counts: Uint32Array, nulls: number): void {
    const length = values.length;
    const pointer = cells(8 * length);
    const countsPointer = copiedCounts(counts);
    const copy = new Float64Array(kernel.memory.buffer, pointer, length);
    copy.set(values);
    sink.numberCounts?.(column, copy, new Uint32Array(kernel.memory.buffer, countsPointer, length), nulls);
  }

  function textCounts(column: number, texts: readonly string[], counts: Uint32Array, nulls: number): void {
    const pointer = copiedCounts(counts);
    sink.textCounts?.(column, texts, new Uint32Array(kernel.memory.buffer, pointer, counts.length), nulls);
  }

  return {
    next() {
      const translations = columns.map((column) => column?.translation());
      return {
        rowsWanted: sink.rowsWanted,
        numbers,
        codes: (column, codes) => sink.codes(column, (translations[column] as Translation)(codes)),
        ...(sink.numberCounts === undefined ? {} : { numberCounts }),
        ...(sink.textCounts === undefined ? {} : { textCounts }),
        ...(sink.endBatch === undefined ? {} : { endBatch: sink.endBatch.bind(sink) }),
      };
    },
  };
}

/** Memory that the cells of one column lie in until the sink has seen them. */
function stretch(kernel: TextKernel): (bytes: number) => number {
  let pointer = 0;
  let capacity = 0;
  return (bytes) => {
    if (bytes > capacity) {
      capacity = Math.max(1024, 2 * bytes);
      pointer = kernel.allocate(capacity);
    }
    return pointer;
  };
}

/** From the codes of one table to those of all. */
type Translation = (cells: CodeCells) => CodeCells;

function codeColumn(
  kernel: TextKernel,
  cells: (bytes: number) => number,
  [mostTexts, mostBytes]: readonly [number, number],
): { translation(): Translation } {
  const texts = kernel.newTexts(mostTexts, mostBytes);
  const scratch = stretch(kernel);
  /** The codes of hashes, as far as they were asked for. */
  const byHash = new Map<number, number>();
  let hashed = 0;
  let hashing = false;

  function codeOf(text: string): number {
    const length = Buffer.byteLength(text);
    const pointer = scratch(length + 8);
    Buffer.from(kernel.memory.buffer, pointer, length).write(text);
    return kernel.codeOf(texts, pointer, length) >>> 0;
  }

  /** A text that one table did not keep may have a code from another. */
  function ofHash(hash: number): number {
    hashing = true;
    for (; hashed < kernel.textCount(texts); hashed++)
      byHash.set(kernel.textHashCode(texts, hashed + 1) >>> 0, hashed + 1);
    return byHash.get(hash) ?? hash;
  }

  return {
    translation() {
      let codes = new Uint32Array(64);
      let known = 0;
      return ({ codes: own, distinct, text }) => {
        if (distinct >= codes.length) {
          const longer = new Uint32Array(2 * distinct + 1);
          longer.set(codes);
          codes = longer;
        }
        while (known < distinct) codes[known + 1] = codeOf(text(++known));
        const pointer = cells(4 * own.length);
        const all = new Uint32Array(kernel.memory.buffer, pointer, own.length);
        for (let row = 0; row < own.length; row++) {
          const code = own[row] as number;
          all[row] = code < firstHashCode ? (codes[code] as number) : ofHash(code);
        }
        return {
          codes: all,
          pointer,
          distinct: kernel.textCount(texts),
          hashing: hashing || kernel.textsHashing(texts) === 1,
          text: (code) =>
            Buffer.from(kernel.memory.buffer, kernel.textBytes(texts, code), kernel.textLength(texts, code)).toString(),
          hash: (code) => (code < firstHashCode ? kernel.textHashCode(texts, code) >>> 0 : code),
        };
      };
    },
  };
}
