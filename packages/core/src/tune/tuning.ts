import { UserError } from '../errors.ts';
import type { Json } from '../names.ts';
import {
  gridOf,
  isJsonObject,
  type JsonObject,
  type Parameter,
  parseSpace,
  readChoice,
  readCount,
  refuseUnknown,
} from './space.ts';

/** What is looked for. The direction is always given: whether a metric is better high or low is not for us to guess. */
export interface Objective {
  readonly metric: string;
  readonly direction: 'maximize' | 'minimize';
}

/** What successive halving spends: a hyperparameter such as `epochs`, from little for many to much for few. */
export interface Resource {
  readonly parameter: string;
  readonly min: number;
  readonly max: number;
  readonly factor: number;
}

/** A search as the user describes it. */
export interface Tuning {
  readonly objective: Objective;
  readonly parameters: readonly Parameter[];
  readonly strategy:
    | { readonly kind: 'grid' }
    | { readonly kind: 'random' }
    | { readonly kind: 'halving'; readonly resource: Resource };
  /** The most trials that are run, all rounds together. */
  readonly maxTrials: number;
  /** How many run at once. */
  readonly parallel: number;
  readonly seed: number;
}

/** Past these a single machine is the wrong place. */
const mostTrials = 10_000;
const mostParallel = 64;

const keys = ['strategy', 'objective', 'parameters', 'max-trials', 'parallel', 'seed', 'resource'];

/** Reads a `tune` input. Throws one `UserError` with all that is wrong, one line each. */
export function parseTuning(value: Json): Tuning {
  if (!isJsonObject(value)) {
    throw new UserError('Input `tune` must be a mapping with strategy, objective and parameters.');
  }
  const faults: string[] = [];
  refuseUnknown('tune', value, keys, faults);
  const kind = readChoice('strategy', value.strategy, ['grid', 'random', 'halving'] as const, faults);
  const objective = readObjective(value.objective, faults);
  const parameters = parseSpace(value.parameters, faults);
  const parallel = readCount('parallel', value.parallel ?? 1, 1, mostParallel, faults);
  const seed = readCount('seed', value.seed ?? 0, 0, Number.MAX_SAFE_INTEGER, faults);
  const gridSize = kind === 'grid' ? sizeOfGrid(parameters, faults) : undefined;
  const maxTrials = readCount('max-trials', value['max-trials'] ?? gridSize, 1, mostTrials, faults);
  const resource = readResource(kind, value.resource, parameters, faults);
  if (gridSize !== undefined && maxTrials !== undefined && gridSize > maxTrials) {
    faults.push(`The grid has ${gridSize} points and \`max-trials\` is ${maxTrials}. Raise it, or use random.`);
  }
  if (faults.length > 0) throw new UserError(faults.map((fault) => `Input \`tune\`: ${fault}`).join('\n'));
  const strategy = resource === undefined ? { kind } : { kind, resource };
  return { objective, parameters, strategy, maxTrials, parallel, seed } as Tuning;
}

function readObjective(value: Json | undefined, faults: string[]): Objective | undefined {
  if (!isJsonObject(value)) {
    faults.push('`objective` must say what is looked for: { metric: auc, direction: maximize }.');
    return undefined;
  }
  refuseUnknown('objective', value, ['metric', 'direction'], faults);
  const { metric } = value;
  if (typeof metric !== 'string' || metric === '') {
    faults.push('`objective.metric` must be the name of a metric that the script reports.');
  }
  const direction = readChoice('objective.direction', value.direction, ['maximize', 'minimize'] as const, faults);
  return direction === undefined ? undefined : { metric: String(metric), direction };
}

function sizeOfGrid(parameters: readonly Parameter[], faults: string[]): number | undefined {
  const endless = parameters.filter((parameter) => parameter.kind === 'range' && !hasGrid(parameter));
  for (const { name } of endless) {
    faults.push(
      `\`parameters.${name}\` has no end of values. Give a grid \`values\`, or a linear range with a \`step\`.`,
    );
  }
  if (endless.length > 0 || parameters.length === 0) return undefined;
  return parameters.reduce((product, parameter) => product * (gridOf(parameter)?.length ?? 1), 1);
}

function hasGrid(range: Extract<Parameter, { kind: 'range' }>): boolean {
  return range.scale === 'linear' && (range.step !== undefined || range.type === 'integer');
}

function readResource(
  kind: Tuning['strategy']['kind'] | undefined,
  value: Json | undefined,
  parameters: readonly Parameter[],
  faults: string[],
): Resource | undefined {
  if (kind !== 'halving') {
    if (value !== undefined && kind !== undefined) faults.push(`\`resource\` does not go with ${kind}. Take it out.`);
    return undefined;
  }
  if (!isJsonObject(value)) {
    faults.push('`resource` must say what halving spends: { parameter: epochs, min: 1, max: 27 }.');
    return undefined;
  }
  return readResourceBody(value, parameters, faults);
}

function readResourceBody(value: JsonObject, parameters: readonly Parameter[], faults: string[]): Resource | undefined {
  refuseUnknown('resource', value, ['parameter', 'min', 'max', 'factor'], faults);
  const { parameter } = value;
  if (typeof parameter !== 'string' || parameter === '') {
    faults.push('`resource.parameter` must be the name of a hyperparameter, such as epochs.');
  }
  if (parameters.some(({ name }) => name === parameter)) {
    faults.push(`\`resource.parameter\` is "${String(parameter)}", which \`parameters\` has too. Take it out there.`);
  }
  const min = readCount('resource.min', value.min, 1, 1_000_000_000, faults);
  const max = readCount('resource.max', value.max, 1, 1_000_000_000, faults);
  const factor = readCount('resource.factor', value.factor ?? 3, 2, 100, faults);
  if (min === undefined || max === undefined || factor === undefined) return undefined;
  if (min >= max) faults.push(`\`resource\` has min ${min} and max ${max}. min must be less than max.`);
  return { parameter: String(parameter), min, max, factor };
}
