import type { Json } from '@mlops-actions/core';
import type { RowBatch, RowColumn } from '../rows/scanner.ts';
import type { Body } from './body.ts';
import type { Call, Tally } from './call.ts';
import { alignedSides, type Naming, type Side, sideOf } from './side.ts';

export interface CallNames {
  /** Names for values that bodies do not name, in their order. */
  readonly inputColumns?: readonly string[] | undefined;
  readonly outputColumns?: readonly string[] | undefined;
}

/** Where a column comes from. */
type Origin = 'input' | 'output' | 'label' | 'call';

/** Turns calls into rows. Columns of two origins that have one name are told apart by a prefix: `input.`, `output.`, `label.`. */
export interface CallRows {
  /** Takes in the column names of a call, before any row is made. Returns how many rows it has; what does not fit is counted in `tally`. */
  see(call: Call, labels: Body | undefined, tally: Tally): number;
  /** The rows of a call; undefined when it has none. What does not fit is counted in `tally`. */
  rowsOf(call: Call, labels: Body | undefined, tally: Tally): RowBatch | undefined;
}

export function callRows(names: CallNames): CallRows {
  const naming: { readonly input: Naming; readonly output: Naming } = {
    input: { names: names.inputColumns, prefix: 'input' },
    output: { names: names.outputColumns, prefix: 'output' },
  };
  const origins = new Map<string, Set<Origin>>();
  let last: Layout = { sides: [], facts: [], columns: [] };

  function nameOf(origin: Origin, name: string): string {
    const known = origins.get(name);
    const isAlone = known === undefined || (known.size === 1 && known.has(origin));
    return isAlone || origin === 'call' ? name : `${origin}.${name}`;
  }

  /** The columns of a call. They are the same list as for the call before where that has the same, as it nearly always has. */
  function columnsOf(sides: readonly OriginSide[], facts: readonly string[]): readonly RowColumn[] {
    if (!isSameLayout(last, sides, facts)) {
      const columns = [
        ...sides.flatMap(([origin, { names, fromText }]) =>
          names.map((name) => ({ name: nameOf(origin, name), fromText })),
        ),
        ...facts.map((name) => ({ name, fromText: false })),
      ];
      last = { sides, facts, columns };
    }
    return last.columns;
  }

  function alignedCall({ file, line, input, output }: Call, tally: Tally) {
    if (input === undefined && output === undefined) return undefined;
    const aligned = alignedSides(input, output, naming);
    if (aligned === undefined) tally.add('misfit', file, line);
    return aligned;
  }

  function labelSide(labels: Body | undefined, rows: number): Side | undefined {
    const side = labels && sideOf(labels, { prefix: 'label' }, rows);
    // One label has no number in its name.
    return side?.names.length === 1 && side.names[0] === 'label_0' ? { ...side, names: ['label'] } : side;
  }

  return {
    see(call, labels, tally) {
      const aligned = alignedCall(call, tally);
      const label = labelSide(labels, aligned?.rows ?? 0);
      const found: readonly (readonly [Origin, readonly string[]])[] = [
        ['input', aligned?.input?.names ?? []],
        ['output', aligned?.output?.names ?? []],
        ['label', label?.names ?? []],
        ['call', [...call.facts.keys()]],
      ];
      for (const [origin, own] of found) {
        for (const name of own) origins.set(name, (origins.get(name) ?? new Set()).add(origin));
      }
      return aligned?.rows ?? 0;
    },
    rowsOf(call, labels, tally) {
      const { file, line, facts } = call;
      const aligned = alignedCall(call, tally);
      if (aligned === undefined) return undefined;
      const label = labelSide(labels, aligned.rows);
      const fits = label?.rows.length === aligned.rows;
      if (labels !== undefined && !fits) tally.add('labelMisfit', file, line);
      const sides: OriginSide[] = [];
      if (aligned.input !== undefined) sides.push(['input', aligned.input]);
      if (aligned.output !== undefined) sides.push(['output', aligned.output]);
      if (label !== undefined && fits) sides.push(['label', label]);
      const values = [...facts.values()];
      const rows = Array.from({ length: aligned.rows }, (_, row): readonly Json[] => [
        ...sides.flatMap(([, side]) => side.rows[row] as readonly Json[]),
        ...values,
      ]);
      return { file, line, columns: columnsOf(sides, [...facts.keys()]), rows };
    },
  };
}

type OriginSide = readonly [Origin, Side];

interface Layout {
  readonly sides: readonly OriginSide[];
  readonly facts: readonly string[];
  readonly columns: readonly RowColumn[];
}

function isSameLayout(last: Layout, sides: readonly OriginSide[], facts: readonly string[]): boolean {
  return (
    areSame(last.facts, facts) &&
    last.sides.length === sides.length &&
    sides.every(([origin, side], index) => {
      const [lastOrigin, lastSide] = last.sides[index] as OriginSide;
      return origin === lastOrigin && side.fromText === lastSide.fromText && areSame(side.names, lastSide.names);
    })
  );
}

function areSame(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((name, index) => name === b[index]));
}
