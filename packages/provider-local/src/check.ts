import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UserError } from '@mlops-actions/core';
import { errorCode } from '@mlops-actions/files';
import {
  isAliasDocument,
  isDatasetDocument,
  isModelDocument,
  isObject,
  isStoredArtifact,
  type StoredArtifact,
} from '@mlops-actions/provider';
import { type VersionedKind, versionFile, versionNumbers } from './documents.ts';
import { isEndpointDocument } from './gateway/endpoint-document.ts';
import { artifactDamages, describeArtifact } from './store/artifacts.ts';
import { type Finding, StoreDamage } from './store/damage.ts';
import { abandonedEntries, isFormat, type Store, storeAt, storeEntries, storeFormat } from './store/store.ts';

/**
 * Reads the whole store at `root`, every byte of every artifact, and says what is wrong and what to do about each. Changes nothing.
 * An empty list, or one of harmless findings only, means that the store is sound. Throws a `UserError` when there is no store.
 */
export async function checkStore(root: string): Promise<Finding[]> {
  const store = storeAt(resolve(root));
  await requireFolder(store.root);
  const checks = [
    checkFormat(store),
    checkTop(store),
    checkArtifacts(store),
    checkKind(store, 'datasets', (value) => isDatasetDocument(value)),
    checkKind(store, 'models', (value) => isModelDocument(value)),
    checkAliases(store),
    checkJobs(store),
    checkEndpoints(store),
    checkLeftovers(store),
  ];
  const findings: Finding[] = [];
  for (const check of checks) {
    try {
      for await (const finding of check) findings.push(finding);
    } catch (error) {
      findings.push(findingOf(error, store.root));
    }
  }
  return findings;
}

type Findings = AsyncGenerator<Finding, void, void>;

async function requireFolder(root: string): Promise<void> {
  const stats = await stat(root).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR') throw error;
  });
  if (stats?.isDirectory()) return;
  throw new UserError(`There is no store at ${root}. Give the folder of one in \`store\`.`);
}

async function* checkFormat(store: Store): Findings {
  const path = store.path('store.json');
  const document = yield* found(path, store.read(['store.json'], isFormat));
  if (document === undefined) return;
  if (document.value === undefined) {
    yield problem(path, 'is missing', `Write it with the content {"format":${storeFormat}}.`);
  } else if (document.value.format !== storeFormat) {
    yield problem(
      path,
      `says format ${document.value.format}`,
      'Use the version of mlops-actions that made the store.',
    );
  }
}

async function* checkTop(store: Store): Findings {
  const known: readonly string[] = storeEntries;
  for (const name of await store.list()) {
    if (!known.includes(name)) yield notOurs(store.path(name));
  }
}

async function* checkArtifacts(store: Store): Findings {
  for (const hex of await store.list('artifacts')) {
    if (!/^[0-9a-f]{64}$/.test(hex)) {
      yield notOurs(store.path('artifacts', hex));
      continue;
    }
    try {
      for await (const damage of artifactDamages(store, `sha256:${hex}`)) yield damage.finding;
    } catch (error) {
      yield findingOf(error, store.path('artifacts', hex));
    }
  }
}

/** A document as far as the checks below need it. */
interface VersionDocument {
  readonly name: string;
  readonly version: number;
  readonly artifact: StoredArtifact;
}

async function* checkKind(store: Store, kind: VersionedKind, hasShape: (value: unknown) => boolean): Findings {
  const check = (value: unknown): value is VersionDocument => hasShape(value);
  for (const name of await store.list(kind)) {
    const numbers = await versionNumbers(store, kind, name);
    for (const file of await store.list(kind, name)) {
      const isAliases = kind === 'models' && file === 'aliases.json';
      if (!isAliases && !numbers.some((number) => `${number}.json` === file))
        yield notOurs(store.path(kind, name, file));
    }
    for (let number = 1; number <= (numbers.at(-1) ?? 0); number++) {
      yield* checkVersion(store, kind, name, number, check);
    }
  }
}

async function* checkVersion(
  store: Store,
  kind: VersionedKind,
  name: string,
  number: number,
  check: (value: unknown) => value is VersionDocument,
): Findings {
  const file = versionFile(kind, name, number);
  const path = store.path(...file);
  const document = yield* found(path, store.read(file, check));
  if (document === undefined) return;
  if (document.value === undefined) {
    yield problem(path, 'is missing, and versions after it are there', 'Restore it from a backup.');
    return;
  }
  const { artifact, ...says } = document.value;
  if (says.name !== name || says.version !== number) {
    yield problem(path, `says that it is ${says.name}@${says.version}`, 'Restore it from a backup.');
  }
  yield* checkReference(store, path, artifact);
}

async function* checkReference(store: Store, path: string, artifact: StoredArtifact): Findings {
  try {
    const stored = await describeArtifact(store, artifact.digest);
    if (stored.files === artifact.files && stored.bytes === artifact.bytes) return;
    yield problem(path, 'counts other files or bytes than its artifact has', 'Restore it from a backup.');
  } catch (error) {
    const damage = findingOf(error, store.path('artifacts'));
    yield problem(path, `refers to an artifact of which ${damage.path} ${damage.problem}`, damage.fix);
  }
}

async function* checkAliases(store: Store): Findings {
  for (const name of await store.list('models')) {
    const path = store.path('models', name, 'aliases.json');
    const aliases = yield* found(path, store.read(['models', name, 'aliases.json'], isAliasDocument));
    const numbers = await versionNumbers(store, 'models', name);
    for (const [alias, version] of Object.entries(aliases?.value ?? {})) {
      if (numbers.includes(version)) continue;
      yield problem(
        path,
        `points ${alias} at version ${version}, which is missing`,
        'Set the alias to another version.',
      );
    }
  }
}

/** Jobs' documents: their own code knows more of their shape. What a job left must be there. */
async function* checkJobs(store: Store): Findings {
  for (const name of await store.list('jobs')) {
    const path = store.path('jobs', name, 'job.json');
    const job = yield* found(path, store.read(['jobs', name, 'job.json'], isObject));
    for (const artifact of [job?.value?.model, job?.value?.output]) {
      if (isStoredArtifact(artifact)) yield* checkReference(store, path, artifact);
    }
  }
}

/** Endpoints' documents, and the gateway's, whose own code knows its shape. */
async function* checkEndpoints(store: Store): Findings {
  for (const file of await store.list('endpoints')) {
    const path = store.path('endpoints', file);
    const document = yield* found(path, store.read(['endpoints', file], isEndpointDocument));
    const name = document?.value?.name;
    if (name === undefined || `${name}.json` === file) continue;
    yield problem(
      path,
      `says that it is ${name}`,
      'Restore it from a backup, or remove the endpoint and deploy again.',
    );
  }
  yield* found(store.path('gateway', 'gateway.json'), store.read(['gateway', 'gateway.json'], isObject));
}

async function* checkLeftovers(store: Store): Findings {
  for (const name of await abandonedEntries(store)) {
    const fix = 'Nothing to do: the next step that opens the store removes it.';
    yield { path: store.path('tmp', name), problem: 'was left by a process that is gone', fix, harmless: true };
  }
}

/** What a read found, as `value`; a damaged document is yielded and undefined comes back. */
async function* found<T>(
  path: string,
  read: Promise<T>,
): AsyncGenerator<Finding, { readonly value: T } | undefined, void> {
  try {
    return { value: await read };
  } catch (error) {
    yield findingOf(error, path);
    return undefined;
  }
}

/** Damage met, or a file that the system does not let us read; anything else is thrown on. */
function findingOf(error: unknown, path: string): Finding {
  if (error instanceof StoreDamage) return error.finding;
  if (error instanceof UserError)
    return problem(path, `is damaged: ${error.message}`, 'Delete it and run the step again.');
  const code = errorCode(error);
  if (code === undefined) throw error;
  return problem(
    (error as NodeJS.ErrnoException).path ?? path,
    `cannot be read (${code})`,
    'Give the user access to it.',
  );
}

function problem(path: string, what: string, fix: string): Finding {
  return { path, problem: what, fix, harmless: false };
}

function notOurs(path: string): Finding {
  return problem(path, 'is not part of a store', 'Move or delete it.');
}
