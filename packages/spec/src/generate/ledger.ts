import type { ActionSpec, InputSpec } from '../define.ts';
import { taskId } from './task-id.ts';

interface InputEntry {
  readonly type: string;
  readonly required?: true;
  readonly values?: readonly string[];
}
interface ActionEntry {
  readonly task: string;
  readonly inputs: Readonly<Record<string, InputEntry>>;
  readonly outputs: readonly string[];
}
/** Everything ever shipped that a user's workflow may name. */
export type Ledger = Readonly<Record<string, ActionEntry>>;

/** Reads `test/compatibility.json`; throws a `SyntaxError` on text that is no JSON. */
export function parseLedger(text: string): Ledger {
  return JSON.parse(text) as Ledger;
}

/** The ledger's text: sorted, so that equal content is equal text. */
export function ledgerText(ledger: Ledger): string {
  return `${JSON.stringify(sorted(ledger), null, 2)}\n`;
}

/** What the specs of today promise. */
export function ledgerOf(specs: readonly ActionSpec[]): Ledger {
  return Object.fromEntries(
    specs.map((spec) => [
      spec.name,
      {
        task: taskId(spec.name),
        inputs: Object.fromEntries(Object.entries(spec.inputs).map(([name, input]) => [name, inputEntry(input)])),
        outputs: Object.keys(spec.outputs).sort(),
      },
    ]),
  );
}

/** Every promise of `old` that `now` breaks, one sentence each. */
export function brokenPromises(old: Ledger, now: Ledger): string[] {
  return Object.entries(old).flatMap(([action, before]) => {
    const after = now[action];
    if (after === undefined) return [`action ${action} was shipped and is gone`];
    return [
      ...(before.task === after.task ? [] : [`the task id of ${action} was ${before.task} and is ${after.task}`]),
      ...Object.entries(before.inputs).flatMap(([name, input]) =>
        brokenInput(`input ${name} of ${action}`, input, after.inputs[name]),
      ),
      ...Object.keys(after.inputs)
        .filter((name) => after.inputs[name]?.required && before.inputs[name] === undefined)
        .map((name) => `input ${name} of ${action} is new and required, so workflows without it break`),
      ...before.outputs
        .filter((name) => !after.outputs.includes(name))
        .map((name) => `output ${name} of ${action} was shipped and is gone`),
    ];
  });
}

function brokenInput(what: string, before: InputEntry, after: InputEntry | undefined): string[] {
  if (after === undefined) return [`${what} was shipped and is gone`];
  // A choice that became free text takes all that it took before.
  const widened = before.type === 'choice' && after.type === 'text';
  const faults = before.type === after.type || widened ? [] : [`${what} was a ${before.type} and is a ${after.type}`];
  if (after.required && !before.required) faults.push(`${what} was optional and is required`);
  const { values } = after;
  if (values !== undefined) {
    const gone = (before.values ?? []).filter((value) => !values.includes(value));
    faults.push(...gone.map((value) => `${what} no longer takes ${value}`));
  }
  return faults;
}

function inputEntry(input: InputSpec): InputEntry {
  return {
    type: input.type,
    ...(input.required ? { required: true } : {}),
    ...(input.type === 'choice' ? { values: [...input.values].sort() } : {}),
  };
}

function sorted(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
