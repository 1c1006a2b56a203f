/** The parts of a task.json that a JSON Schema cannot relate to each other. */
interface Task {
  readonly groups?: readonly { readonly name: string }[];
  readonly inputs?: readonly {
    readonly name: string;
    readonly type: string;
    readonly aliases?: readonly string[];
    readonly groupName?: string;
    readonly defaultValue?: string | boolean;
    readonly options?: Readonly<Record<string, string>>;
  }[];
  readonly outputVariables?: readonly { readonly name: string }[];
}

/** What is wrong with a task.json besides what `task.schema.json` says: names used twice, references to nothing. */
export function taskFaults(task: Task): string[] {
  const { groups = [], inputs = [], outputVariables = [] } = task;
  const groupNames = new Set(groups.map((group) => group.name));
  return [
    ...repeated(groups.map((group) => group.name)).map((name) => `two groups are named ${name}`),
    // Azure Pipelines compares the names of inputs and variables without letter case.
    ...repeated(inputs.flatMap((input) => [input.name, ...(input.aliases ?? [])]).map(lower)).map(
      (name) => `two inputs are named ${name}`,
    ),
    ...repeated(outputVariables.map((output) => lower(output.name))).map((name) => `two outputs are named ${name}`),
    ...inputs
      .filter((input) => input.groupName !== undefined && !groupNames.has(input.groupName))
      .map((input) => `input ${input.name} is in the group ${input.groupName}, which does not exist`),
    ...inputs
      .filter(({ type, options, defaultValue }) => {
        const closed = type === 'pickList' || type === 'radio';
        return closed && defaultValue !== undefined && !Object.hasOwn(options ?? {}, String(defaultValue));
      })
      .map((input) => `input ${input.name} has the default ${input.defaultValue}, which is none of its options`),
  ];
}

function lower(text: string): string {
  return text.toLowerCase();
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
