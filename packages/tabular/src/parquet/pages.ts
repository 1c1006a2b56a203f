import { tableFault } from '../fault.ts';
import type { ParquetColumn } from './columns.ts';
import type { ChunkPlace, Footer } from './footer.ts';
import { runsBytes, type Stretch, type Workspace } from './kernel.ts';
import { encodings, type PageHeader, pageKinds, readPageHeader } from './page-header.ts';
import { isPossibleSize, type Unpack } from './unpack.ts';

/** One page may not unpack to more. Writers aim at 1 MiB. */
const largestPage = 256 << 20;

/** Throws the `UserError` for something wrong in a chunk; `what` goes on after "row group 3 ". */
export type Damage = (what: string) => never;

/** A page of cells, unpacked, in the kernel's memory. It holds until the next one is read. */
export interface DataPage {
  /** Cells, null ones included. */
  readonly cells: number;
  /** The kernel's `Runs` of the levels that say which cells are there; undefined when every cell is. */
  readonly levels: number | undefined;
  /** Where the values of the cells that are there lie. */
  readonly start: number;
  readonly end: number;
  readonly encoding: number;
}

/** A page of the different values that the others name by number. */
export interface DictionaryPage {
  readonly count: number;
  readonly start: number;
  readonly end: number;
}

export interface PageReader {
  /** The next page of cells; undefined after the last. A dictionary page is handed to `onDictionary` first. */
  next(onDictionary: (page: DictionaryPage) => void): DataPage | undefined;
}

/** Memory for the pages of one chunk at a time. A dictionary has its own, and holds until the next chunk is read. */
export interface PageMemory {
  readonly page: Stretch;
  readonly dictionary: Stretch;
  readonly levels: Stretch;
}

export function pageMemory({ stretch }: Workspace): PageMemory {
  return { page: stretch('page'), dictionary: stretch('dictionary'), levels: stretch('levels') };
}

export function damageOf(file: string, column: string, group: number): Damage {
  return (what) => {
    throw tableFault({ file, column }, `row group ${group + 1} is damaged: ${what}. Write or fetch the file again.`);
  };
}

/** Where in the file a column's chunk lies. Throws when that cannot be. */
export function chunkRange(
  column: ParquetColumn,
  place: ChunkPlace,
  rows: number,
  footer: Footer,
  damage: Damage,
): { from: number; to: number } {
  if (place.physical !== column.physical) damage('its pages are of another type than the column');
  if (place.values !== rows) damage(`it has ${place.values} cells in ${rows} rows`);
  const { dataPage, dictionaryPage, bytes } = place;
  const from = dictionaryPage > 0 && dictionaryPage < dataPage ? dictionaryPage : dataPage;
  if (!(from >= 4 && bytes > 0 && from + bytes <= footer.start)) damage('its pages lie outside the file');
  return { from, to: from + bytes };
}

/** Reads the pages of a chunk of `rows` rows, one by one: their headers, unpacked content and levels. */
export function openPages(
  workspace: Workspace,
  memory: PageMemory,
  column: ParquetColumn,
  chunk: Uint8Array,
  rows: number,
  codec: number,
  unpack: Unpack,
  damage: Damage,
): PageReader {
  const { kernel } = workspace;
  let at = 0;
  let cellsLeft = rows;
  let hasDictionary = false;

  function damagedHeader(what: string): never {
    return damage(`the header of a page at its byte ${at} makes no sense: ${what}`);
  }

  function nextHeader(): PageHeader {
    const header = readPageHeader(chunk, at, damagedHeader);
    const { size, packed, values } = header;
    if (!(packed >= 0 && packed <= chunk.length - header.end)) damage('a page reaches beyond its end');
    if (!(size >= 0 && size <= largestPage)) damage(`a page of ${size} bytes, over the limit of ${largestPage}`);
    if (header.kind !== pageKinds.index && !(values >= 0 && values <= 2 ** 31 - 1))
      damage(`a page of ${values} values`);
    at = header.end + packed;
    return header;
  }

  /** Copies what is not packed (the levels of a second version), and unpacks the rest behind it. Returns where it all is. */
  function contentOf(header: PageHeader, plainBytes: number, stretch: Stretch): number {
    const body = chunk.subarray(header.end + plainBytes, header.end + header.packed);
    const size = header.size - plainBytes;
    const isPacked = header.isPacked && !(size === 0 && body.length === 0);
    if (!isPossibleSize(isPacked ? codec : 0, body.length, size))
      damage('a page has another size than its header says');
    const page = stretch(header.size);
    const target = new Uint8Array(kernel.memory.buffer, page, header.size);
    target.set(chunk.subarray(header.end, header.end + plainBytes));
    if (!isPacked) target.set(body, plainBytes);
    else if (!unpack(body, page + plainBytes, size)) damage('a page cannot be unpacked');
    return page;
  }

  function dictionaryPage(header: PageHeader): DictionaryPage {
    if (hasDictionary) damage('it has two dictionaries');
    hasDictionary = true;
    if (header.encoding !== encodings.plain && header.encoding !== encodings.plainDictionary) {
      damage(`a dictionary in encoding ${header.encoding}`);
    }
    const start = contentOf(header, 0, memory.dictionary);
    return { count: header.values, start, end: start + header.size };
  }

  function dataPage(header: PageHeader): DataPage {
    if (header.values > cellsLeft) damage(`it has more cells than its ${rows} rows`);
    cellsLeft -= header.values;
    return header.kind === pageKinds.data ? firstVersion(header) : secondVersion(header);
  }

  function firstVersion(header: PageHeader): DataPage {
    const page = contentOf(header, 0, memory.page);
    const end = page + header.size;
    if (!column.nullable)
      return { cells: header.values, levels: undefined, start: page, end, encoding: header.encoding };
    if (header.levelEncoding !== encodings.runs) damage(`levels in encoding ${header.levelEncoding}`);
    const start = page + 4 + lengthAt(page, end);
    if (start > end) damage('the levels of a page reach beyond it');
    return { cells: header.values, levels: openLevels(page + 4, start), start, end, encoding: header.encoding };
  }

  function secondVersion(header: PageHeader): DataPage {
    const { definitionBytes, repetitionBytes, values, encoding } = header;
    const plainBytes = definitionBytes + repetitionBytes;
    if (!(definitionBytes >= 0 && repetitionBytes >= 0 && plainBytes <= Math.min(header.packed, header.size))) {
      damage('the levels of a page reach beyond it');
    }
    const page = contentOf(header, plainBytes, memory.page);
    const start = page + plainBytes;
    const levels = column.nullable ? openLevels(page + repetitionBytes, start) : undefined;
    return { cells: values, levels, start, end: page + header.size, encoding };
  }

  function openLevels(start: number, end: number): number {
    const runs = memory.levels(runsBytes);
    kernel.openRuns(runs, start, end, 1);
    return runs;
  }

  function lengthAt(pointer: number, end: number): number {
    if (pointer + 4 > end) damage('a page ends before its levels');
    return new DataView(kernel.memory.buffer).getUint32(pointer, true);
  }

  return {
    next(onDictionary) {
      while (cellsLeft > 0) {
        if (at >= chunk.length) damage(`it ends ${cellsLeft} cells before its last row`);
        const header = nextHeader();
        if (header.kind === pageKinds.dictionary) onDictionary(dictionaryPage(header));
        else if (header.kind === pageKinds.data || header.kind === pageKinds.dataV2) {
          if (header.values > 0) return dataPage(header);
        } else if (header.kind !== pageKinds.index) damage(`a page of kind ${header.kind}`);
      }
      return undefined;
    },
  };
}
