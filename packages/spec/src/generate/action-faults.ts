import { parse } from 'yaml';

type Entries = Readonly<Record<string, Readonly<Record<string, unknown>> | null>>;

const inputKeys = ['description', 'required', 'default', 'deprecationMessage'];
const outputKeys = ['description'];

/** What is wrong with an action.yml inside its inputs and outputs, where GitHub's own parser does not look. */
export function actionFaults(actionYml: string): string[] {
  const { inputs, outputs } = parse(actionYml) as { readonly inputs?: Entries; readonly outputs?: Entries };
  return [
    ...Object.entries(inputs ?? {}).flatMap(([name, input]) => {
      const faults = entryFaults(input, inputKeys);
      if (input?.required !== undefined && typeof input.required !== 'boolean') {
        faults.push('has a `required` that is neither true nor false');
      }
      if (input?.default !== undefined && typeof input.default !== 'string')
        faults.push('has a default that is no text');
      return faults.map((fault) => `input ${name} ${fault}`);
    }),
    ...Object.entries(outputs ?? {}).flatMap(([name, output]) =>
      entryFaults(output, outputKeys).map((fault) => `output ${name} ${fault}`),
    ),
  ];
}

function entryFaults(entry: Readonly<Record<string, unknown>> | null, keys: readonly string[]): string[] {
  const faults = Object.keys(entry ?? {})
    .filter((key) => !keys.includes(key))
    .map((key) => `has the unknown key ${key}`);
  if (typeof entry?.description !== 'string' || entry.description === '') faults.push('has no description');
  return faults;
}
