import { parseSync } from '@swc/core';

/** The rooms of the house and which others each may import. A room may always import itself. */
export const arrows: Readonly<Record<string, readonly string[]>> = {
  core: [],
  files: ['core'],
  spec: ['core'],
  tabular: ['core', 'files'],
  report: ['core', 'files'],
  provider: ['core', 'files'],
  rollout: ['core', 'provider'],
  hosts: ['core', 'spec'],
  actions: ['core', 'files', 'spec', 'tabular', 'report', 'provider', 'rollout'],
  'provider-local': ['core', 'files', 'provider'],
  'provider-sagemaker': ['core', 'files', 'provider'],
  runner: ['core', 'files', 'spec', 'hosts', 'provider', 'actions', 'provider-local', 'provider-sagemaker', 'tabular'],
};

/** Members of `process` and globals by which code reaches the world around the process. Only `hosts` may. */
const worldly = ['env', 'stdin', 'stdout', 'stderr', 'argv', 'exit', 'exitCode', 'cwd', 'chdir', 'on', 'once', 'off'];

/** Who else may, and why. */
const worldlyExceptions: Readonly<Record<string, readonly string[]>> = {
  // The runner ends the process and listens to its signals.
  'packages/runner/src/effects.ts': ['stdout', 'stderr', 'exit', 'on', 'once', 'off'],
  // Background processes: programs of their own, which no host starts.
  'packages/provider-local/src/daemon-main.ts': ['argv'],
  'packages/provider-local/src/gateway/main.ts': ['exitCode', 'on'],
  'packages/provider-local/src/jobs/supervisor.ts': ['stdin', 'on'],
};

/** npm packages that belong to some rooms alone. */
const reserved: readonly { readonly prefix: string; readonly rooms: RegExp; readonly what: string }[] = [
  { prefix: '@aws-sdk/', rooms: /^provider-/, what: 'a cloud SDK' },
  { prefix: '@smithy/', rooms: /^provider-/, what: 'a cloud SDK' },
  { prefix: '@azure/', rooms: /^provider-/, what: 'a cloud SDK' },
  { prefix: '@kubernetes/', rooms: /^provider-/, what: 'a cloud SDK' },
  { prefix: '@actions/', rooms: /^hosts$/, what: "a CI system's toolkit" },
];

const maximumLines = 400;

/** The sources of the house, by path from the repository's root, with `/`. */
export type Sources = ReadonlyMap<string, string>;

/** `actions/train/run.ts` → `actions`, `packages/core/src/names.ts` → `core`; undefined for what is in no room. */
export function roomOf(path: string): string | undefined {
  const [top, second] = path.split('/');
  if (top === 'actions') return 'actions';
  return top === 'packages' ? second : undefined;
}

/** Tests and what only they use may import and touch what they need. */
function isTest(path: string): boolean {
  return /\.test\.ts$|\/(?:test|testing|contract)\//.test(path);
}

/** What is wrong in `sources`, a sentence each, starting with the path. `declared` says which packages a room's package.json names. */
export function violations(sources: Sources, declared: Readonly<Record<string, readonly string[]>>): string[] {
  return [...sources].flatMap(([path, text]) => {
    const found = facts(text);
    const form = formFaults(path, text, found);
    const room = roomOf(path);
    if (room === undefined || isTest(path)) return form;
    return [
      ...form,
      ...found.imports.flatMap((each) => importFaults(path, room, each, declared[room] ?? [])),
      ...worldFaults(path, room, found),
    ];
  });
}

function formFaults(path: string, text: string, found: Facts): string[] {
  const lines = text.trimEnd().split('\n').length;
  return [
    ...(lines > maximumLines && !isTest(path) ? [`${path}: has ${lines} lines, more than ${maximumLines}.`] : []),
    ...(found.hasDefaultExport ? [`${path}: has a default export.`] : []),
  ];
}

function importFaults(path: string, room: string, { from, kind }: Import, declared: readonly string[]): string[] {
  if (from.startsWith('.')) return relativeFaults(path, room, from, kind);
  if (from.startsWith('node:'))
    return from === 'node:process' ? [`${path}: imports node:process; use the global.`] : [];
  const name = packageOf(from);
  const target = /^@mlops-actions\/(.+)$/.exec(name)?.[1];
  const faults = declared.includes(name)
    ? []
    : [`${path}: imports ${name}, which ${room}'s package.json does not name.`];
  for (const { prefix, rooms, what } of reserved) {
    if (name.startsWith(prefix) && !rooms.test(room)) faults.push(`${path}: imports ${what}, ${name}.`);
  }
  if (target === undefined) return faults;
  if (!arrows[room]?.includes(target)) faults.push(`${path}: ${room} must not import ${target}.`);
  if (target.startsWith('provider-') && kind === 'static')
    faults.push(`${path}: imports ${target} other than by import().`);
  return faults;
}

function relativeFaults(path: string, room: string, from: string, kind: Import['kind']): string[] {
  const target = new URL(from, `file:///${path}`).pathname.slice(1);
  if (roomOf(target) !== room || isTest(target)) return [`${path}: reaches outside its room or into a test: ${from}.`];
  if (room !== 'actions') return [];
  const [own, other] = [path, target].map((each) => each.split('/').slice(1, -1)[0]);
  if (other === undefined || own === other) return [];
  if (own !== undefined) return [`${path}: an action imports another action: ${from}.`];
  return kind === 'static' ? [`${path}: imports an action other than by import(): ${from}.`] : [];
}

function worldFaults(path: string, room: string, found: Facts): string[] {
  if (room === 'hosts') return [];
  const allowed = worldlyExceptions[path] ?? [];
  const used = [...found.processMembers].filter((member) => worldly.includes(member) && !allowed.includes(member));
  return [
    ...used.map((member) => `${path}: touches process.${member}; only hosts may.`),
    ...(found.usesConsole ? [`${path}: touches console; only hosts may.`] : []),
  ];
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

interface Import {
  readonly from: string;
  /** `type` imports are gone at run time. */
  readonly kind: 'static' | 'dynamic' | 'type';
}

interface Facts {
  readonly imports: readonly Import[];
  readonly processMembers: ReadonlySet<string>;
  readonly usesConsole: boolean;
  readonly hasDefaultExport: boolean;
}

/** A node of swc's syntax tree, as far as it is looked at here. */
interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** What a source imports and touches, read from its syntax tree: comments and texts do not count. */
function facts(text: string): Facts {
  const imports: Import[] = [];
  const processMembers = new Set<string>();
  let usesConsole = false;
  let hasDefaultExport = false;
  for (const node of nodesOf(parseSync(text, { syntax: 'typescript', decorators: true, target: 'es2023' }))) {
    const from = importOf(node);
    if (from !== undefined) imports.push(from);
    if (node.type === 'MemberExpression' && nameOf(node.object) === 'process') {
      processMembers.add(nameOf(node.property) ?? 'env');
    }
    // `const { env } = process`
    if (node.type === 'VariableDeclarator' && nameOf(node.init) === 'process') {
      for (const property of nodesOf(node.id)) processMembers.add(nameOf(property.key) ?? '');
    }
    if (node.type === 'MemberExpression' && nameOf(node.object) === 'console') usesConsole = true;
    if (node.type.startsWith('ExportDefault')) hasDefaultExport = true;
  }
  return { imports, processMembers, usesConsole, hasDefaultExport };
}

function importOf(node: Node): Import | undefined {
  const isDeclaration = ['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration'].includes(node.type);
  if (isDeclaration && isNode(node.source)) {
    return { from: String(node.source.value), kind: node.typeOnly === true ? 'type' : 'static' };
  }
  if (node.type === 'CallExpression' && isNode(node.callee) && node.callee.type === 'Import') {
    const [first] = node.arguments as readonly { readonly expression: Node }[];
    return { from: String(first?.expression.value), kind: 'dynamic' };
  }
  return node.type === 'TsImportType' && isNode(node.argument)
    ? { from: String(node.argument.value), kind: 'type' }
    : undefined;
}

function* nodesOf(value: unknown): Generator<Node> {
  if (Array.isArray(value)) {
    for (const item of value) yield* nodesOf(item);
  } else if (typeof value === 'object' && value !== null) {
    if (isNode(value)) yield value;
    yield* nodesOf(Object.values(value));
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Node>).type === 'string';
}

function nameOf(value: unknown): string | undefined {
  return isNode(value) && value.type === 'Identifier' ? String(value.value) : undefined;
}
