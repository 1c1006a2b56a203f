import type { Storage } from './columns.ts';
import { numberForms, type Workspace } from './kernel.ts';
import type { Damage, DictionaryPage } from './pages.ts';

/** The numbers of a dictionary as doubles, in the kernel's memory. */
export interface NumberTable {
  readonly pointer: number;
  readonly distinct: number;
}

/** Whether doubles of this column can be NaN. */
export function mayBeNan(storage: Storage): boolean {
  return (
    storage.kind === 'numbers' && (storage.form === 'float' || storage.form === 'double' || storage.form === 'float16')
  );
}

/** Keeps the numbers of the dictionary of one chunk after the other; Booleans are 0 and 1. */
export function numberTables({ kernel, stretch }: Workspace, storage: Storage, damage: Damage) {
  const table = stretch();
  return {
    ofPage({ start, end, count }: DictionaryPage): NumberTable {
      if (storage.kind !== 'numbers') return damage('it has a dictionary where none can be');
      if (count * storage.width > end - start) damage('its dictionary ends before its last value');
      const pointer = table(count * 8);
      kernel.toDoubles(numberForms[storage.form], start, count, storage.width, storage.divisor, pointer);
      return { pointer, distinct: count };
    },
    ofBooleans(): NumberTable {
      const pointer = table(16);
      new Float64Array(kernel.memory.buffer, pointer, 2).set([0, 1]);
      return { pointer, distinct: 2 };
    },
  };
}
