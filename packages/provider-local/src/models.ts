import { type Clock, UserError } from '@mlops-actions/core';
import {
  type AliasDocument,
  type Artifact,
  isAliasDocument,
  isModelDocument,
  localPath,
  type ModelDocument,
  type ModelRegistration,
  type ModelRegistry,
  type ModelVersion,
  requireAlias,
  requireMetrics,
  requireName,
} from '@mlops-actions/provider';
import { readVersions, versionFile, versionNumbers } from './documents.ts';
import { localReader } from './files.ts';
import {
  artifactUri,
  describeArtifact,
  digestOfPath,
  fetchArtifact,
  putArtifact,
  verifyArtifact,
} from './store/artifacts.ts';
import type { Store } from './store/store.ts';

/** The model registry in the local store. Every change of a name's documents happens under that name's lock, one atomic write each. */
export function localModels(store: Store, clock: Clock): ModelRegistry {
  const readAliases = async (name: string): Promise<AliasDocument> =>
    (await store.read(['models', name, 'aliases.json'], isAliasDocument)) ?? {};

  const versionOf = (document: ModelDocument, aliases: AliasDocument): ModelVersion => ({
    ...document,
    artifact: { ...document.artifact, uri: artifactUri(store, document.artifact.digest) },
    aliases: Object.keys(aliases)
      .filter((alias) => aliases[alias] === document.version)
      .sort(),
  });

  const requireDocument = async (name: string, version: number): Promise<ModelDocument> => {
    const document = await store.read(versionFile('models', name, version), isModelDocument);
    if (document !== undefined) return document;
    const known = await versionNumbers(store, 'models', name);
    const versions = known.length === 0 ? 'it has no versions' : `the newest is ${name}@${known.at(-1)}`;
    throw new UserError(`There is no model ${name}@${version} in the registry; ${versions}.`);
  };

  const addVersion = async (registration: ModelRegistration, { uri: _, ...artifact }: Artifact) => {
    const { name, metrics, approvalStatus, card, description, lineage } = registration;
    const versions = await readVersions(store, 'models', name, isModelDocument);
    const same = versions.find((version) => version.artifact.digest === artifact.digest);
    if (same !== undefined) return { model: versionOf(same, await readAliases(name)), created: false };
    const document: ModelDocument = {
      name,
      version: 1 + ((await versionNumbers(store, 'models', name)).at(-1) ?? 0),
      artifact,
      metrics,
      approvalStatus,
      ...(card === undefined ? {} : { card }),
      ...(description === undefined ? {} : { description }),
      lineage,
      created: clock.now().toISOString(),
    };
    await store.write(versionFile('models', name, document.version), document);
    return { model: versionOf(document, {}), created: true };
  };

  return {
    register: async (registration, { signal } = {}) => {
      requireName('model', registration.name);
      requireMetrics(registration.metrics);
      const artifact = await sourceArtifact(store, registration.source, signal);
      return store.lock('models', registration.name, () => addVersion(registration, artifact), signal);
    },
    get: async ({ name, version, alias }) => {
      requireName('model', name);
      const aliases = await readAliases(name);
      const newest = async () => (await versionNumbers(store, 'models', name)).at(-1);
      const number = version ?? (alias === undefined ? await newest() : aliasedVersion(aliases, alias));
      if (number === undefined) return undefined;
      const document = await store.read(versionFile('models', name, number), isModelDocument);
      return document === undefined ? undefined : versionOf(document, aliases);
    },
    list: async (name) => {
      requireName('model', name);
      const aliases = await readAliases(name);
      const documents = await readVersions(store, 'models', name, isModelDocument);
      return documents.map((document) => versionOf(document, aliases));
    },
    setApprovalStatus: async (name, version, status) => {
      requireName('model', name);
      return store.lock('models', name, async () => {
        const document = { ...(await requireDocument(name, version)), approvalStatus: status };
        await store.write(versionFile('models', name, version), document);
        return versionOf(document, await readAliases(name));
      });
    },
    setAlias: async (name, alias, version) => {
      requireName('model', name);
      requireAlias(alias);
      return store.lock('models', name, async () => {
        const document = await requireDocument(name, version);
        const aliases = { ...(await readAliases(name)), [alias]: version };
        await store.write(['models', name, 'aliases.json'], aliases);
        return versionOf(document, aliases);
      });
    },
    fetch: (model, into, { signal } = {}) =>
      fetchArtifact(store, model.artifact.digest, into, signal === undefined ? {} : { signal }),
  };
}

/** A stored artifact is verified, not copied again: a damaged one must not become a version. */
async function sourceArtifact(store: Store, source: string, signal?: AbortSignal): Promise<Artifact> {
  const path = localPath(source, localReader);
  const digest = digestOfPath(store, path);
  if (digest === undefined) return putArtifact(store, path, signal);
  await verifyArtifact(store, digest, signal);
  return describeArtifact(store, digest);
}

/** Own properties only: `constructor` is a fine alias. */
function aliasedVersion(aliases: AliasDocument, alias: string): number | undefined {
  return Object.hasOwn(aliases, alias) ? aliases[alias] : undefined;
}
