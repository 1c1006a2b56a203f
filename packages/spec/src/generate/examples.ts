import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import type { ActionSpec } from '../define.ts';
import { camelCase } from '../names.ts';
import { nearest } from '../nearest.ts';
import { inputFault } from '../parse.ts';
import { taskName } from './task-json.ts';
import { type YamlBlock, yamlBlocks } from './yaml-blocks.ts';

/** How one CI system writes a step, and how its names are spelt. */
interface Dialect {
  /** The key that says which step it is, the key of its inputs, and the key by which later steps name it. */
  readonly step: 'uses' | 'task';
  readonly inputs: 'with' | 'inputs';
  readonly id: 'id' | 'name';
  spell(name: string): string;
  /** Text whose value is known only when the pipeline runs. */
  readonly dynamic: RegExp;
  /** Matches what names one of our steps; the groups are its name and its version. */
  readonly ours: RegExp;
  readonly version: RegExp;
  nameOf(spec: ActionSpec): string;
  /** References to outputs of steps; the groups are the step's id and the output. */
  readonly references: readonly RegExp[];
}

const github: Dialect = {
  step: 'uses',
  inputs: 'with',
  id: 'id',
  spell: (name) => name,
  dynamic: /\$\{\{/,
  ours: /^(?:[^/\s]+\/mlops-actions|\.)\/actions\/([^@/\s]+)(?:@(\S*))?$/,
  version: /^(?:v1(?:\.\d+){0,2}|[0-9a-f]{40})$/,
  nameOf: (spec) => spec.name,
  references: [/\bsteps\.([\w-]+)\.outputs\.([\w-]+)/g, /\bsteps\.([\w-]+)\.outputs\[\s*'([^']+)'\s*\]/g],
};

const azure: Dialect = {
  step: 'task',
  inputs: 'inputs',
  id: 'name',
  spell: camelCase,
  dynamic: /\$[[({]/,
  ours: /^(?:[\w.-]+\.)?(Mlops[^@.\s]*)(?:@(\S*))?$/,
  version: /^1$/,
  nameOf: (spec) => taskName(spec.name),
  references: [/\$\(([A-Za-z_]\w*)\.([\w-]+)\)/g, /\boutputs\['([A-Za-z_]\w*)\.([\w-]+)'\]/g],
};

/** Uses of this repository that are no step and no reusable workflow. */
const strayUse = /^[^/\s]+\/mlops-actions(?!\/\.github\/workflows\/)(?:[/@]|$)/;

/** One of our steps in an example. */
interface Step {
  readonly map: YAMLMap;
  readonly dialect: Dialect;
  readonly spec: ActionSpec;
}

/** The steps that a reference may name, by id. */
type Scope = Map<string, Step>;

/**
 * Checks every use of our steps in `text`: a GitHub workflow, an Azure pipeline, or the fenced YAML of a Markdown page. The step exists,
 * its inputs exist, the required ones are there, literal values parse, and every reference to an output of a step names a real one.
 * Each fault is a sentence that starts with `path:line`.
 */
export async function checkExamples(path: string, text: string, specs: readonly ActionSpec[]): Promise<string[]> {
  const faults: string[] = [];
  // The snippets of a page build on each other, so an id from an earlier one is known in a later one.
  const page: Scope = new Map();
  for (const block of yamlBlocks(path, text)) faults.push(...(await blockFaults(path, block, specs, page)));
  return faults;
}

async function blockFaults(
  path: string,
  block: YamlBlock,
  specs: readonly ActionSpec[],
  page: Scope,
): Promise<string[]> {
  const lines = new LineCounter();
  const placeOf = (offset: number) => `${path}:${block.line - 1 + lines.linePos(offset).line}`;
  const place: Place = (node) => placeOf(node.range?.[0] ?? 0);
  const faults: string[] = [];
  for (const document of parseAllDocuments(block.text, { lineCounter: lines })) {
    if (!('contents' in document)) continue;
    const [error] = document.errors;
    if (error) {
      const what = error.message.replace(/ at line \d+, column \d+:.*/s, '.');
      faults.push(`${placeOf(error.pos[0])}: is not valid YAML: ${what}`);
      continue;
    }
    const jobs = jobsOf(document.contents);
    for (const job of jobs ?? []) {
      faults.push(...(await partFaults(job, specs, new Map(), place)), ...unknownIdFaults(job, place));
    }
    if (jobs === undefined) faults.push(...(await partFaults(document.contents, specs, page, place)));
  }
  return faults;
}

/** Faults in the steps below a node, and in references to them. Adds the steps that have an id to `scope`. */
async function partFaults(
  part: Node | null,
  specs: readonly ActionSpec[],
  scope: Scope,
  place: Place,
): Promise<string[]> {
  const faults: string[] = [];
  for (const map of mapsIn(part)) {
    const found = findStep(map, specs);
    if (typeof found === 'string') faults.push(`${place(map)}: ${found}`);
    if (found === undefined || typeof found === 'string') continue;
    const id = scalarText(map.get(found.dialect.id, true));
    if (id !== undefined) scope.set(id, found);
    faults.push(...(await stepFaults(found, place)));
  }
  return [...faults, ...referenceFaults(part, scope, place)];
}

/** `path:line` of a node. */
type Place = (node: Node) => string;

/** The jobs of a whole GitHub workflow, each with step ids of its own; undefined for anything else. */
function jobsOf(contents: Node | null): Node[] | undefined {
  const jobs = isMap(contents) ? contents.get('jobs', true) : undefined;
  if (!isMap(jobs)) return undefined;
  return jobs.items.map((pair) => pair.value).filter((job) => isMap(job));
}

function* nodesIn(node: unknown): Generator<Node> {
  if (isMap(node)) {
    yield node;
    for (const pair of node.items) yield* nodesIn(pair.value);
  } else if (isSeq(node)) {
    for (const item of node.items) yield* nodesIn(item);
  } else if (isScalar(node)) {
    yield node;
  }
}

function* mapsIn(node: unknown): Generator<YAMLMap> {
  for (const each of nodesIn(node)) if (isMap(each)) yield each;
}

/** The step that a mapping is, a sentence on what is wrong with its name, or undefined when it is no step of ours. */
function findStep(map: YAMLMap, specs: readonly ActionSpec[]): Step | string | undefined {
  for (const dialect of [github, azure]) {
    const text = scalarText(map.get(dialect.step, true));
    const match = text === undefined ? null : dialect.ours.exec(text);
    if (text === undefined) continue;
    if (match === null) {
      if (strayUse.test(text)) return `${text} is no step. Write OWNER/mlops-actions/actions/<step>@v1.`;
      continue;
    }
    const [, name = '', version] = match;
    const spec = specs.find((candidate) => dialect.nameOf(candidate) === name);
    if (spec === undefined) return `the step ${name} does not exist.${hint(name, specs.map(dialect.nameOf))}`;
    const local = text.startsWith('./');
    if (!local && !dialect.version.test(version ?? '')) {
      return `${text} does not name version 1. Write @${dialect === github ? 'v1' : '1'}.`;
    }
    return { map, dialect, spec };
  }
  return undefined;
}

async function stepFaults({ map, dialect, spec }: Step, place: Place): Promise<string[]> {
  const inputs = map.get(dialect.inputs, true);
  const names = Object.keys(spec.inputs);
  const given = isMap(inputs) ? inputs.items : [];
  const faults: string[] = [];
  const seen = new Set<string>();
  for (const { key, value } of given) {
    const spelt = scalarText(key) ?? '';
    const name = names.find((candidate) => dialect.spell(candidate) === spelt);
    const input = name === undefined ? undefined : spec.inputs[name];
    if (name === undefined || input === undefined) {
      faults.push(`${place(key as Node)}: ${spec.name} has no input ${spelt}.${hint(spelt, names.map(dialect.spell))}`);
      continue;
    }
    seen.add(name);
    const text = scalarText(value);
    if (text === undefined) {
      faults.push(
        `${place(key as Node)}: the input ${spelt} must be text. Write \`${spelt}: |\` before several lines.`,
      );
    } else if (!dialect.dynamic.test(text)) {
      const fault = await inputFault(input, text);
      if (fault !== undefined) faults.push(`${place(key as Node)}: the input ${spelt} ${fault}`);
    }
  }
  const missing = names.filter((name) => spec.inputs[name]?.required && !seen.has(name));
  faults.push(...missing.map((name) => `${place(map)}: ${spec.name} needs the input ${dialect.spell(name)}.`));
  return faults;
}

function referenceFaults(part: unknown, scope: Scope, place: Place): string[] {
  const faults: string[] = [];
  for (const node of nodesIn(part)) {
    const text = scalarText(node);
    if (text === undefined) continue;
    for (const dialect of [github, azure]) {
      for (const [reference, id = '', output = ''] of dialect.references.flatMap((form) => [...text.matchAll(form)])) {
        const step = scope.get(id);
        if (step === undefined || step.dialect !== dialect) continue;
        const outputs = Object.keys(step.spec.outputs).map(dialect.spell);
        if (outputs.includes(output)) continue;
        faults.push(`${place(node)}: ${reference}: ${step.spec.name} has no output ${output}.${hint(output, outputs)}`);
      }
    }
  }
  return faults;
}

/** References to steps that a job of a whole GitHub workflow does not have, ours or not. */
function unknownIdFaults(job: unknown, place: Place): string[] {
  const ids = [...mapsIn(job)].map((map) => scalarText(map.get('id', true))).filter((id) => id !== undefined);
  return [...nodesIn(job)].flatMap((node) =>
    [...(scalarText(node) ?? '').matchAll(/\bsteps\.([\w-]+)\./g)]
      .filter(([, id = '']) => !ids.includes(id))
      .map(([, id = '']) => `${place(node)}: no step of this job has the id ${id}.${hint(id, ids)}`),
  );
}

function hint(word: string, candidates: readonly string[]): string {
  const guess = nearest(word, candidates);
  if (guess !== undefined) return ` Did you mean ${guess}?`;
  return candidates.length === 0 ? '' : ` There are: ${candidates.join(', ')}.`;
}

/** A scalar's text as written, which is what a CI system passes on; undefined for anything else. */
function scalarText(node: unknown): string | undefined {
  if (!isScalar(node) || isAlias(node)) return undefined;
  const { value, source } = node as Scalar;
  return typeof value === 'string' ? value : (source ?? '');
}
