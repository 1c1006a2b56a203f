import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActionSpec } from '../define.ts';
import { nearest } from '../nearest.ts';
import { actionYml } from './action-yml.ts';
import { inputsSchema } from './inputs-schema.ts';
import { brokenPromises, type Ledger, ledgerOf, ledgerText, parseLedger } from './ledger.ts';
import { betweenMarkers, inputTables, outputTable, stepsTable } from './readme.ts';
import { specFaults } from './spec-faults.ts';
import { taskJson } from './task-json.ts';

/** The list of actions, as `actions/registry.ts` exports it. */
export type Registry = Readonly<Record<string, () => Promise<{ readonly spec: ActionSpec }>>>;

/** What generating would change in a repository. */
export interface Generation {
  /** Reasons not to generate, all of them. */
  readonly faults: readonly string[];
  /** Text by path relative to the root, only where it differs from what is there. */
  readonly changes: ReadonlyMap<string, string>;
}

const ledgerPath = 'test/compatibility.json';

/** Folders under `actions/` that are no action. */
const otherFolders = ['lib', 'node_modules'];

/** The spec of every action, in the registry's order. One after the other: Jest's module loader trips over imports at the same time. */
export async function specsOf(registry: Registry): Promise<readonly ActionSpec[]> {
  const specs: ActionSpec[] = [];
  for (const load of Object.values(registry)) specs.push((await load()).spec);
  return specs;
}

/** Works out every generated file of the repository at `root`, and what is wrong. Writes nothing. `accept` lets promises be broken. */
export async function planGeneration(root: string, registry: Registry, accept: boolean): Promise<Generation> {
  const specs = await specsOf(registry);
  const folders = await actionFolders(root);
  const faults = [...registryFaults(registry, specs, folders), ...(await Promise.all(specs.map(specFaults))).flat()];
  const files = new Map<string, string>();
  const version = (JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }).version;
  for (const spec of specs) {
    const folder = `actions/${spec.name}`;
    files.set(`${folder}/action.yml`, actionYml(spec));
    files.set(`${folder}/task.json`, taskJson(spec, version));
    files.set(`${folder}/inputs.schema.json`, inputsSchema(spec));
    const page = await actionReadme(root, spec);
    if (typeof page === 'string') files.set(`${folder}/README.md`, page);
    else if (folders.includes(spec.name)) faults.push(page.fault);
  }
  const front = await textAt(root, 'README.md');
  const withSteps = front === undefined ? undefined : betweenMarkers(front, 'steps', stepsTable(specs));
  if (withSteps !== undefined) files.set('README.md', withSteps);
  const ledger = await plannedLedger(root, specs, accept);
  faults.push(...ledger.faults);
  files.set(ledgerPath, ledger.text);
  const changes = new Map<string, string>();
  for (const [path, text] of files) if ((await textAt(root, path)) !== text) changes.set(path, text);
  return { faults, changes };
}

/** What `generate` does besides reading. */
export interface Effects {
  write(path: string, text: string): Promise<void>;
  print(line: string): void;
}

/**
 * Generates, or with `--check` only says what would change; returns the exit code. Nothing is written when there is any fault.
 * `--accept` lets shipped names change.
 */
export async function generate(
  root: string,
  registry: Registry,
  args: readonly string[],
  effects: Effects,
): Promise<number> {
  const options = ['--check', '--accept'];
  const unknown = args.filter((arg) => !options.includes(arg));
  if (unknown.length > 0) {
    const guess = nearest(unknown[0] ?? '', options);
    effects.print(
      `Unknown option ${unknown.join(', ')}. The options are ${options.join(' and ')}.${guess ? ` Did you mean ${guess}?` : ''}`,
    );
    return 1;
  }
  const { faults, changes } = await planGeneration(root, registry, args.includes('--accept'));
  for (const fault of faults) effects.print(fault);
  if (faults.length > 0) return 1;
  if (args.includes('--check')) {
    for (const path of changes.keys()) effects.print(`${path} differs from what \`npm run generate\` makes.`);
    return changes.size === 0 ? 0 : 1;
  }
  for (const [path, text] of changes) {
    await effects.write(join(root, path), text);
    effects.print(`wrote ${path}`);
  }
  return 0;
}

async function actionFolders(root: string): Promise<string[]> {
  const entries = await readdir(join(root, 'actions'), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !otherFolders.includes(entry.name))
    .map((entry) => entry.name);
}

function registryFaults(registry: Registry, specs: readonly ActionSpec[], folders: readonly string[]): string[] {
  const names = Object.keys(registry);
  return [
    ...folders
      .filter((folder) => !names.includes(folder))
      .map((folder) => `actions/${folder}/ is not in actions/registry.ts. Add a line there, or remove the folder.`),
    ...names
      .filter((name) => !folders.includes(name))
      .map((name) => `actions/registry.ts names ${name}, but there is no folder actions/${name}/.`),
    ...specs.flatMap((spec, index) =>
      spec.name === names[index] ? [] : [`actions/registry.ts names ${names[index]}, but its spec says ${spec.name}.`],
    ),
  ];
}

async function actionReadme(root: string, spec: ActionSpec): Promise<string | { readonly fault: string }> {
  const path = `actions/${spec.name}/README.md`;
  const text = await textAt(root, path);
  if (text === undefined)
    return { fault: `${path} does not exist. Its prose is written by hand; the tables are generated.` };
  const withInputs = betweenMarkers(text, 'inputs', inputTables(spec));
  if (withInputs === undefined) return { fault: `${path} lacks <!-- inputs:start --> and <!-- inputs:end -->.` };
  const withOutputs = betweenMarkers(withInputs, 'outputs', outputTable(spec));
  return withOutputs ?? { fault: `${path} lacks <!-- outputs:start --> and <!-- outputs:end -->.` };
}

async function plannedLedger(root: string, specs: readonly ActionSpec[], accept: boolean) {
  const now = ledgerOf(specs);
  const text = await textAt(root, ledgerPath);
  let old: Ledger;
  try {
    old = text === undefined ? {} : parseLedger(text);
  } catch {
    return { faults: [`${ledgerPath} is not valid JSON. Restore it from the last commit.`], text: text ?? '' };
  }
  const broken = accept ? [] : brokenPromises(old, now);
  const advice = 'If that is meant, and the major version changes, run `npm run generate -- --accept`.';
  return { faults: broken.map((promise) => `${ledgerPath}: ${promise}. ${advice}`), text: ledgerText(now) };
}

async function textAt(root: string, path: string): Promise<string | undefined> {
  try {
    return await readFile(join(root, path), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
