import type { ParquetColumn } from './columns.ts';
import { deltasBytes, runsBytes, type Workspace } from './kernel.ts';
import { encodings } from './page-header.ts';
import type { Damage, DataPage } from './pages.ts';

/** Values are read in windows of at most so many, so that memory does not grow with what a page claims to hold. */
export const windowCells = 16_384;

/** A text or another value of bytes: where it lies. */
type VisitBytes = (bytes: Buffer, from: number, to: number) => void;

/** Reads the values of pages, null cells left out, whatever they are encoded as. Every read takes at most `windowCells`. */
export interface ValueReader {
  /** Whether the values are numbers of a dictionary (Booleans are: of `false` and `true`). */
  isIndexed(page: DataPage): boolean;
  /** Starts on a page whose values are indexed. Returns the kernel's `Runs` of the indices. */
  openIndices(page: DataPage): number;
  /** Starts on a page whose values are not, of which `present` cells are there. */
  openValues(page: DataPage, present: number): void;
  /** Where the next `count` values lie, each in the bytes that the plain encoding gives it. */
  fixed(count: number): number;
  /** The texts that are left of a page that keeps them plainly: whoever reads some moves `position`. Undefined for other pages. */
  plainTexts(): PlainTexts | undefined;
  /** The next `count` values of bytes. `visit` must not make the kernel take memory. */
  bytes(count: number, visit: VisitBytes): void;
}

/** Texts as the plain encoding keeps them: each a length of 32 bits, then the bytes. */
export interface PlainTexts {
  position: number;
  readonly end: number;
}

/** Most bytes that the texts of one page may come to once prefixes are written out. */
const mostTextBytes = 256 << 20;

export function valueReader(workspace: Workspace, { storage, physical }: ParquetColumn, damage: Damage): ValueReader {
  const { kernel } = workspace;
  const width = storage.kind === 'numbers' || storage.kind === 'bytes' ? storage.width : 0;
  const isWhole = physical === 1 || physical === 2;
  const runs = workspace.stretch('indices');
  const joined = workspace.scratch('joined values');
  const lengths = deltaReader(workspace, 'lengths', damage);
  const prefixes = deltaReader(workspace, 'prefixes', damage);
  let readFixed: (count: number) => number = noValues;
  let readBytes: (count: number, visit: VisitBytes) => void = noValues;
  let plain: PlainTexts | undefined;

  function noValues(): never {
    return damage('it holds values of another kind than its column');
  }

  function memory(): Buffer {
    return Buffer.from(kernel.memory.buffer);
  }

  function openIndices({ start, end, encoding, cells }: DataPage): number {
    const pointer = runs(runsBytes);
    if (storage.kind !== 'booleans') {
      const bits = new Uint8Array(kernel.memory.buffer)[start] as number;
      if (start >= end || bits > 32) damage('the indices of a page have no width');
      kernel.openRuns(pointer, start + 1, end, bits);
    } else if (encoding === encodings.runs) {
      if (start + 4 > end) damage('a page ends before its values');
      const length = new DataView(kernel.memory.buffer).getUint32(start, true);
      kernel.openRuns(pointer, start + 4, Math.min(end, start + 4 + length), 1);
    } else if (encoding === encodings.plain) {
      kernel.openBits(pointer, start, Math.min(end, start + Math.ceil(cells / 8)));
    } else damage(`Booleans in encoding ${encoding}`);
    return pointer;
  }

  function openValues(page: DataPage, present: number): void {
    readFixed = noValues;
    readBytes = noValues;
    plain = undefined;
    if (width > 0) openFixed(page, present);
    else openTexts(page, present);
  }

  function openFixed({ start, end, encoding }: DataPage, present: number): void {
    if (encoding === encodings.plain || encoding === encodings.streams) {
      if (present * width > end - start) damage('a page ends before its last value');
      let done = 0;
      readFixed = (count) => {
        const first = done;
        done += count;
        if (encoding === encodings.plain) return start + first * width;
        const target = joined(count * width);
        kernel.joinStreams(start, present, first, count, width, target);
        return target;
      };
    } else if (encoding === encodings.deltas && isWhole) {
      lengths.open(start, end);
      readFixed = (count) => lengths.read(count, width);
    } else if (encoding === encodings.deltaTexts && !isWhole) {
      openPrefixedTexts(start, end, present);
      const readEach = readBytes;
      readFixed = (count) => {
        const target = joined(count * width);
        let at = target;
        readEach(count, (bytes, from, to) => {
          if (to - from !== width) damage('a value has another length than its column');
          new Uint8Array(kernel.memory.buffer, at, width).set(bytes.subarray(from, to));
          at += width;
        });
        return target;
      };
    } else damage(`values in encoding ${encoding}`);
    readBytes = (count, visit) => {
      const from = readFixed(count);
      const bytes = memory();
      for (let index = 0; index < count; index++) visit(bytes, from + index * width, from + (index + 1) * width);
    };
  }

  function openTexts({ start, end, encoding }: DataPage, present: number): void {
    if (encoding === encodings.plain) openPlainTexts(start, end);
    else if (encoding === encodings.deltaLengths) openLengthFirstTexts(start, end, present);
    else if (encoding === encodings.deltaTexts) openPrefixedTexts(start, end, present);
    else damage(`texts in encoding ${encoding}`);
  }

  function openPlainTexts(start: number, end: number): void {
    const texts: PlainTexts = { position: start, end };
    plain = texts;
    readBytes = (count, visit) => {
      const bytes = memory();
      for (let index = 0; index < count; index++) {
        const from = texts.position + 4;
        texts.position = from <= end ? from + bytes.readUInt32LE(from - 4) : end + 1;
        if (texts.position > end) damage('a text reaches beyond its page');
        visit(bytes, from, texts.position);
      }
    };
  }

  function openLengthFirstTexts(start: number, end: number, present: number): void {
    let at = lengths.openAndFindEnd(start, end, present);
    readBytes = (count, visit) => {
      const sizes = new Int32Array(kernel.memory.buffer, lengths.read(count, 4), count);
      const bytes = memory();
      for (const size of sizes) {
        const from = at;
        at += size;
        if (size < 0 || at > end) damage('a text reaches beyond its page');
        visit(bytes, from, at);
      }
    };
  }

  /** Each text says how much of the one before it begins with. */
  function openPrefixedTexts(start: number, end: number, present: number): void {
    let at = lengths.openAndFindEnd(prefixes.openAndFindEnd(start, end, present), end, present);
    let previous: Buffer = Buffer.alloc(0);
    let written = 0;
    readBytes = (count, visit) => {
      const starts = new Int32Array(kernel.memory.buffer, prefixes.read(count, 4), count).slice();
      const sizes = new Int32Array(kernel.memory.buffer, lengths.read(count, 4), count).slice();
      const bytes = memory();
      for (let index = 0; index < count; index++) {
        const prefix = starts[index] as number;
        const size = sizes[index] as number;
        written += prefix + size;
        if (prefix < 0 || prefix > previous.length || size < 0 || at + size > end)
          damage('a text reaches beyond its page');
        if (written > mostTextBytes) damage(`a page of texts of over ${mostTextBytes} bytes`);
        previous = Buffer.concat([previous.subarray(0, prefix), bytes.subarray(at, at + size)]);
        at += size;
        visit(previous, 0, previous.length);
      }
    };
  }

  return {
    isIndexed: ({ encoding }) =>
      storage.kind === 'booleans' || encoding === encodings.dictionary || encoding === encodings.plainDictionary,
    openIndices,
    openValues,
    fixed: (count) => readFixed(count),
    plainTexts: () => plain,
    bytes: (count, visit) => readBytes(count, visit),
  };
}

/** Whole numbers in the delta encoding, by themselves or as the lengths of texts. */
function deltaReader(workspace: Workspace, name: string, damage: Damage) {
  const { kernel } = workspace;
  const state = workspace.stretch(`deltas of ${name}`);
  const numbers = workspace.scratch(name);

  function open(start: number, end: number): number {
    const total = kernel.openDeltas(state(deltasBytes), start, end);
    if (total < 0) damage('the differences of a page begin wrongly');
    return total;
  }

  function read(count: number, bytes: number): number {
    const target = numbers(count * bytes);
    if (kernel.expandDeltas(state(deltasBytes), count, target, bytes) === 0)
      damage('the differences of a page end early');
    return target;
  }

  return {
    open,
    /** Where the next `count` numbers lie, `bytes` bytes each. */
    read,
    /** Opens, and returns where the differences end, which only reading them tells. */
    openAndFindEnd(start: number, end: number, count: number): number {
      if (open(start, end) !== count) damage('a page has another number of texts than of cells');
      for (let left = count; left > 0; left -= windowCells) read(Math.min(left, windowCells), 4);
      const found = kernel.endOfDeltas(state(deltasBytes));
      open(start, end);
      return found;
    },
  };
}
