import type { Json } from '@mlops-actions/core';

/** What every input has, whatever its type. */
interface Common {
  /** One or two plain sentences; the first is the short help. */
  readonly help: string;
  /** Heading under which help and docs show it. */
  readonly group?: string;
  readonly required?: boolean;
  /** Masked in everything printed, never in state or the run record. */
  readonly secret?: boolean;
}

export interface TextInput extends Common {
  readonly type: 'text';
  readonly default?: string;
  /** Shown as a larger box on Azure Pipelines. */
  readonly multiline?: boolean;
  /** The text must match; `rule` says so in words. */
  readonly pattern?: RegExp;
  readonly rule?: string;
}
export interface NumberInput extends Common {
  readonly type: 'number';
  readonly default?: number;
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
}
export interface FlagInput extends Common {
  readonly type: 'flag';
  readonly default: boolean;
}
export interface ChoiceInput<V extends string = string> extends Common {
  readonly type: 'choice';
  readonly values: readonly V[];
  readonly default?: V;
}
/** Items one a line, or separated by commas on one line. */
export interface ListInput extends Common {
  readonly type: 'list';
}
/** A length of time: `90s`, `45m`, `2h`, `1d`; comes out in seconds. */
export interface DurationInput extends Common {
  readonly type: 'duration';
  readonly default?: string;
  readonly min?: string;
  readonly max?: string;
}
/** A YAML (or JSON) mapping with text, number or boolean values; comes out as text values. */
export interface MappingInput extends Common {
  readonly type: 'mapping';
}
/** Any YAML or JSON value; the action checks its shape. */
export interface YamlInput extends Common {
  readonly type: 'yaml';
}
export type InputSpec =
  | TextInput
  | NumberInput
  | FlagInput
  | ChoiceInput
  | ListInput
  | DurationInput
  | MappingInput
  | YamlInput;

export interface OutputSpec {
  readonly help: string;
  readonly secret?: boolean;
}

type Options<T extends InputSpec> = Omit<T, 'type'>;

export const text = <const O extends Options<TextInput>>(options: O) => ({ type: 'text', ...options }) as const;
export const number = <const O extends Options<NumberInput>>(options: O) => ({ type: 'number', ...options }) as const;
export const flag = <const O extends Omit<Options<FlagInput>, 'default'> & { readonly default?: boolean }>(
  options: O,
) => ({ type: 'flag', default: false, ...options }) as const;
export const choice = <const V extends string, const O extends Omit<Options<ChoiceInput<V>>, 'values'>>(
  values: readonly V[],
  options: O,
) => ({ type: 'choice', values, ...options }) as const;
export const list = <const O extends Options<ListInput>>(options: O) => ({ type: 'list', ...options }) as const;
export const duration = <const O extends Options<DurationInput>>(options: O) =>
  ({ type: 'duration', ...options }) as const;
export const mapping = <const O extends Options<MappingInput>>(options: O) =>
  ({ type: 'mapping', ...options }) as const;
export const yaml = <const O extends Options<YamlInput>>(options: O) => ({ type: 'yaml', ...options }) as const;

/** One step of the suite, declared once; action.yml, task.json, README tables, `--help`, JSON Schema and types come from it. */
export interface ActionSpec {
  /** Kebab-case; also the folder under `actions/`. */
  readonly name: string;
  /** A verb phrase of at most 40 characters, shown as the step's title. */
  readonly title: string;
  /** One or two sentences. */
  readonly summary: string;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  readonly outputs: Readonly<Record<string, OutputSpec>>;
  /** Icon and colour on GitHub's marketplace. */
  readonly branding: { readonly icon: string; readonly color: string };
  /** True when the action has a `post`: it runs after the job, also when the job was cancelled. */
  readonly post: boolean;
}

/** Declares an action. Faults in the declaration itself (names, defaults outside limits) are found by `npm run generate`. */
export function defineAction<const S extends Omit<ActionSpec, 'post'> & { readonly post?: boolean }>(
  spec: S,
): S & { readonly post: boolean } {
  return { post: false, ...spec };
}

type Camel<S extends string> = S extends `${infer A}-${infer B}` ? `${A}${Capitalize<Camel<B>>}` : S;

type ValueOf<I> = I extends { type: 'text' }
  ? string
  : I extends { type: 'number' | 'duration' }
    ? number
    : I extends { type: 'flag' }
      ? boolean
      : I extends { type: 'choice'; values: readonly (infer V)[] }
        ? V
        : I extends { type: 'list' }
          ? readonly string[]
          : I extends { type: 'mapping' }
            ? Readonly<Record<string, string>>
            : I extends { type: 'yaml' }
              ? Json
              : never;

type Present<I> = I extends
  | { required: true }
  | { default: string | number | boolean }
  | { type: 'flag' | 'list' | 'mapping' }
  ? true
  : false;

/** The parsed inputs of an action, in camelCase. Absent optional inputs are undefined; absent lists and mappings are empty. */
export type Inputs<S extends { readonly inputs: Readonly<Record<string, unknown>> }> = {
  readonly [K in keyof S['inputs'] & string as Camel<K>]: Present<S['inputs'][K]> extends true
    ? ValueOf<S['inputs'][K]>
    : ValueOf<S['inputs'][K]> | undefined;
};

/** The outputs of an action by kebab-case name. Everything becomes text; an undefined one is not set. */
export type Outputs<S extends { readonly outputs: Readonly<Record<string, unknown>> }> = {
  readonly [K in keyof S['outputs']]?: string | number | boolean | undefined;
};
