import { UserError } from '@mlops-actions/core';
import { nearest } from '@mlops-actions/spec';
import type { ScanColumn, ScanType } from '@mlops-actions/tabular';
import type { Checked, DriftInputs } from './inputs.ts';
import type { Side, SideName } from './side.ts';

/** A column that both sides have and that is compared, with what each side reads it as. */
export interface PlannedColumn extends Readonly<Record<SideName, ScanType>> {
  readonly name: string;
  /** Labels come late: that they are missing is no fault of the data. */
  readonly role: 'data' | 'prediction' | 'label';
}

export interface LeftOut {
  readonly column: string;
  /** A sentence part. */
  readonly reason: string;
}

/** What is compared with what. */
export interface Plan {
  readonly columns: readonly PlannedColumn[];
  /** All columns of each side that must be on both, in order. */
  readonly names: Readonly<Record<SideName, readonly string[]>>;
  readonly leftOut: readonly LeftOut[];
  /** Columns that an input names one by one: they are compared whatever they look like. */
  readonly named: ReadonlySet<string>;
}

type Sides = Readonly<Record<SideName, Pick<Side, 'shown' | 'kind' | 'columns'>>>;

/** Decides which columns are compared, and as what. Throws a `UserError` for a column that an input names and neither side has. */
export function planColumns(sides: Sides, inputs: DriftInputs, checked: Checked): Plan {
  const reference = byName(sides.reference.columns);
  const current = byName(sides.current.columns);
  requireKnown(sides, reference, current, checked);
  const { roles, signals } = checked;
  const named = new Set([...inputs.columns, ...inputs.criticalColumns, ...checked.types.keys()]);
  const leftOut: LeftOut[] = [];
  const apart = new Set([roles.id, roles.timestamp, ...inputs.exclude]);
  const predictions = new Set([roles.prediction, roles.probability]);
  const only = inputs.columns.length === 0 ? undefined : new Set([...inputs.columns, ...inputs.criticalColumns]);

  function roleOf(name: string): PlannedColumn['role'] | undefined {
    if (predictions.has(name)) return signals.includes('prediction') ? 'prediction' : undefined;
    if (apart.has(name)) return undefined;
    if (!signals.includes('data') && !signals.includes('quality')) return undefined;
    if (name === roles.label) return reference.has(name) && current.has(name) ? 'label' : undefined;
    if (only !== undefined && !only.has(name)) return undefined;
    if (reference.get(name) === 'timestamp' && !named.has(name)) {
      leftOut.push({ column: name, reason: 'moments move on by themselves; name it in `columns` to compare it' });
      return undefined;
    }
    return 'data';
  }

  const roleByName = new Map([...reference.keys()].map((name) => [name, roleOf(name)] as const));
  const columns = [...reference].flatMap(([name, type]): PlannedColumn[] => {
    const role = roleByName.get(name);
    const other = current.get(name);
    return role === undefined || other === undefined ? [] : [{ name, role, ...typesFor(type, other, sides) }];
  });
  const wanted = (name: string): boolean =>
    name !== roles.label && (reference.has(name) ? roleByName.get(name) !== undefined : isWantedExtra(name));
  const ofCaptures = captureFacts(current);
  const isWantedExtra = (name: string): boolean =>
    !ofCaptures.has(name) && !apart.has(name) && !predictions.has(name) && (only === undefined || only.has(name));
  if (columns.length === 0 && (signals.includes('data') || signals.includes('prediction'))) {
    throw new UserError(nothingShared(sides, leftOut));
  }
  return {
    columns,
    names: { reference: [...reference.keys()].filter(wanted), current: [...current.keys()].filter(wanted) },
    leftOut,
    named,
  };
}

/** What captures say of a call beside its values is no extra column. */
function captureFacts(current: ReadonlyMap<string, ScanType>): ReadonlySet<string> {
  if (current.has('eventId') && current.has('inferenceTime')) {
    return new Set(['eventId', 'inferenceId', 'inferenceTime', 'label']);
  }
  return new Set(current.has('correlationid') && current.has('time') ? ['correlationid', 'time'] : []);
}

function byName(columns: readonly ScanColumn[]): ReadonlyMap<string, ScanType> {
  return new Map(columns.map(({ name, type }) => [name, type]));
}

/**
 * Both sides are read as what the reference is. So a text among the current numbers is a cell of the wrong type, and a current side that
 * happens to hold digits only does not stop being names. A profile is read already, and moments are never read out of plain numbers.
 */
function typesFor(reference: ScanType, current: ScanType, sides: Sides): Readonly<Record<SideName, ScanType>> {
  if (sides.current.kind === 'profile') {
    return { reference: sides.reference.kind === 'profile' ? reference : current, current };
  }
  return { reference, current: reference === 'timestamp' && current === 'number' ? current : reference };
}

function requireKnown(
  sides: Sides,
  reference: ReadonlyMap<string, ScanType>,
  current: ReadonlyMap<string, ScanType>,
  { named, roles, signals }: Checked,
): void {
  const known = [...new Set([...reference.keys(), ...current.keys()])];
  const faults = named
    .filter(({ column }) => !reference.has(column) && !current.has(column))
    .map(({ column, input }) =>
      absent(input, column, `neither ${sides.reference.shown} nor ${sides.current.shown} has it`, known),
    );
  const isPredicting = signals.includes('prediction');
  const needed = [
    ['prediction-column', isPredicting ? roles.prediction : undefined],
    ['probability-column', isPredicting ? roles.probability : undefined],
  ] as const;
  for (const [input, column] of needed) {
    for (const [side, columns] of [
      [sides.reference, reference],
      [sides.current, current],
    ] as const) {
      if (column !== undefined && !columns.has(column))
        faults.push(absent(input, column, `${side.shown} has no such column`, known));
    }
  }
  if (faults.length > 0) throw new UserError(faults.join('\n'));
}

function absent(input: string, column: string, why: string, known: readonly string[]): string {
  const meant = nearest(
    column,
    known.filter((name) => name !== column),
  );
  return `Input \`${input}\` names ${column}, and ${why}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`;
}

function nothingShared({ reference, current }: Sides, leftOut: readonly LeftOut[]): string {
  const shown = (side: Pick<Side, 'columns'>): string => {
    const names = side.columns.slice(0, 8).map(({ name }) => name);
    return `${names.join(', ')}${side.columns.length > 8 ? ' …' : ''}`;
  };
  const left = leftOut.length === 0 ? '' : ` Left out: ${leftOut.map(({ column }) => column).join(', ')}.`;
  return `There is no column to compare: ${reference.shown} has ${shown(reference)}; ${current.shown} has ${shown(current)}.${left}`;
}
