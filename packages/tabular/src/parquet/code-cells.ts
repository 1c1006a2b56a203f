import { codeCells as codesOf } from '../kernels/cells.ts';
import { beyondDictionary, type CellMaker } from './cells.ts';
import type { ParquetColumn } from './columns.ts';
import type { Stretch, Workspace } from './kernel.ts';
import type { Damage, DictionaryPage } from './pages.ts';
import { textOf } from './texts.ts';
import type { PlainTexts, ValueReader } from './values.ts';

/** The most texts that a column keeps, and the most bytes for them. */
export type TextLimits = readonly [texts: number, bytes: number];

const boundsBytes = 8;

/** Texts, or whatever else is wanted as a category. Codes are given in the order of appearance and stay for the whole scan. */
export function codeCells(workspace: Workspace, column: ParquetColumn, limits: TextLimits, damage: Damage): CellMaker {
  const { kernel, stretch, scratch } = workspace;
  const texts = kernel.newTexts(...limits);
  const boundsAt = stretch('bounds');
  const codesAt = stretch('codes');
  const toText = column.storage.kind === 'booleans' ? undefined : textOf(workspace, column, damage);
  let distinct = 0;

  /** Texts that are not in the page as such, written as they would be. */
  function writeTexts(all: readonly Buffer[], target: Stretch): PlainTexts {
    const length = all.reduce((sum, each) => sum + 4 + each.length, 0);
    const position = target(length);
    const memory = Buffer.from(kernel.memory.buffer, position, length);
    let at = 0;
    for (const each of all) {
      memory.writeUInt32LE(each.length, at);
      each.copy(memory, at + 4);
      at += 4 + each.length;
    }
    return { position, end: position + length };
  }

  function textsOfDictionary({ start, end, count }: DictionaryPage): PlainTexts {
    const { storage } = column;
    if (storage.kind === 'texts') return { position: start, end };
    if (storage.kind === 'unreadable' || storage.kind === 'booleans') return beyondDictionary(damage);
    if (count * storage.width > end - start) damage('its dictionary ends before its last value');
    const values: Buffer[] = [];
    const memory = Buffer.from(kernel.memory.buffer);
    for (let from = start; from < start + count * storage.width; from += storage.width) {
      values.push(Buffer.from(toText?.(memory, from, from + storage.width) ?? ''));
    }
    return writeTexts(values, stretch('dictionary texts'));
  }

  function textsOfValues(values: ValueReader, count: number): PlainTexts {
    const found: Buffer[] = [];
    const isText = column.storage.kind === 'texts';
    values.bytes(count, (bytes, from, to) => {
      found.push(Buffer.from(isText ? bytes.subarray(from, to) : (toText?.(bytes, from, to) ?? '')));
    });
    return writeTexts(found, scratch('texts'));
  }

  return {
    cellBytes: 4,
    useDictionary(page) {
      const all =
        page === undefined
          ? writeTexts([Buffer.from('false'), Buffer.from('true')], stretch('dictionary texts'))
          : textsOfDictionary(page);
      distinct = page === undefined ? 2 : page.count;
      if (4 * distinct > all.end - all.position) damage('its dictionary ends before its last value');
      const bounds = boundsAt(boundsBytes * distinct);
      if (kernel.boundsOfTexts(all.position, all.end, distinct, bounds) === 0) {
        damage('its dictionary ends before its last value');
      }
      kernel.clear(codesAt(4 * distinct), 4 * distinct);
    },
    lookUp(indices, count, target) {
      const bounds = boundsAt(boundsBytes * distinct);
      const codes = codesAt(4 * distinct);
      if (kernel.codesOfIndices(texts, indices, count, bounds, codes, distinct, target) === 0) beyondDictionary(damage);
    },
    read(values, count, target) {
      const plain = values.plainTexts();
      const from = plain ?? textsOfValues(values, count);
      const next = kernel.codesOfTexts(texts, from.position, from.end, count, target);
      if (next === 0) damage('a text reaches beyond its page');
      from.position = next;
    },
    spread: (levels, count, present, target) => kernel.spreadCodes(levels, count, present, target),
    hand: (sink, index, cells, rows) => sink.codes(index, codesOf(kernel, { cells, texts }, rows)),
    seen: () => ({}),
  };
}
