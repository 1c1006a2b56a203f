import {
  CreateModelPackageCommand,
  CreateModelPackageGroupCommand,
  DescribeModelPackageCommand,
  type DescribeModelPackageOutput,
  ListModelPackagesCommand,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import { type Clock, UserError } from '@mlops-actions/core';
import { digestFiles, requireEmptyFolder, sourceFiles } from '@mlops-actions/files';
import {
  type ApprovalStatus,
  type Artifact,
  localPath,
  type ModelRegistry,
  type ModelVersion,
  requireAlias,
  requireMetrics,
  requireName,
} from '@mlops-actions/provider';
import { explained, told, unlessMissing } from './aws-errors.ts';
import type { Clients } from './clients.ts';
import { isAlias, isModelRecord, type ModelRecord } from './model-record.ts';
import { digestKey, packageRequest } from './package-request.ts';
import { s3Reader } from './s3-files.ts';
import { artifactOf, throughDraft } from './store/artifacts.ts';
import type { S3Store } from './store/s3-store.ts';
import { digestTarball, extractTarball, packTarball } from './store/tarball.ts';

/** How long the step that began a registration is waited for before another one does it. */
const patienceMilliseconds = 60_000;

/**
 * The model registry: a model package group for each name, a versioned package for each version, `model.tar.gz` and the metrics in S3. What a package cannot
 * hold (metrics of any name, the card, lineage of any length) is in a document of its digest, which is also what makes one registration of
 * many at once the first.
 */
export function sagemakerModels(
  { sagemaker }: Pick<Clients, 'sagemaker'>,
  store: S3Store,
  clock: Clock,
): ModelRegistry {
  /** Every version's number, oldest first. */
  const numbersOf = async (name: string): Promise<number[]> => {
    const numbers: number[] = [];
    let NextToken: string | undefined;
    do {
      const request = { ModelPackageGroupName: name, MaxResults: 100, ...(NextToken && { NextToken }) };
      const page = await told(unlessMissing(sagemaker.send(new ListModelPackagesCommand(request))), `Model ${name}`);
      numbers.push(...(page?.ModelPackageSummaryList ?? []).map((each) => each.ModelPackageVersion ?? 0));
      NextToken = page?.NextToken;
    } while (NextToken !== undefined);
    return numbers.sort((a, b) => a - b);
  };

  const requireGroup = async (name: string): Promise<void> => {
    const request = { ModelPackageGroupName: name, ModelPackageGroupDescription: 'Made by mlops-actions.' };
    await sagemaker.send(new CreateModelPackageGroupCommand(request)).catch((error: unknown) => {
      if (!/already exists/.test((error as Error).message)) throw explained(error, `Model ${name}`);
    });
  };

  const describe = (name: string, version: number): Promise<DescribeModelPackageOutput | undefined> => {
    const request = new DescribeModelPackageCommand({ ModelPackageName: `${name}/${version}` });
    return told(unlessMissing(sagemaker.send(request)), `Model ${name}@${version}`);
  };

  const aliasesOf = async (name: string): Promise<ReadonlyMap<string, number>> => {
    const names = await store.list(`models/${name}/aliases`);
    const pairs = names.map(async (alias) => [alias, await aliased(name, alias)] as const);
    return new Map((await Promise.all(pairs)).filter((pair): pair is [string, number] => pair[1] !== undefined));
  };

  const aliased = async (name: string, alias: string): Promise<number | undefined> =>
    (await store.read(`models/${name}/aliases/${alias}`, isAlias))?.version;

  const recordPath = (name: string, digest: string): string =>
    `models/${name}/records/${digest.replace(/^sha256:/, '')}`;

  const versionOf = async (name: string, version: number, aliases?: ReadonlyMap<string, number>) => {
    const found = await describe(name, version);
    if (found === undefined) return undefined;
    const digest = found.CustomerMetadataProperties?.[digestKey];
    const record = digest === undefined ? undefined : await store.read(recordPath(name, digest), isModelRecord);
    if (record === undefined) {
      throw new UserError(
        `Model ${name}@${version} (${found.ModelPackageArn}) was not registered by register-model: nothing is known of its files. Register it with register-model, under a name of its own.`,
      );
    }
    return modelVersion(record, version, found, aliases ?? (await aliasesOf(name)));
  };

  const requireVersion = async (name: string, version: number): Promise<DescribeModelPackageOutput> => {
    const found = await describe(name, version);
    if (found !== undefined) return found;
    const newest = (await numbersOf(name)).at(-1);
    const known = newest === undefined ? 'it has no versions' : `the newest is ${name}@${newest}`;
    throw new UserError(`There is no model ${name}@${version} in the registry; ${known}.`);
  };

  /** The record once the step that wrote it has made its version; after a while, as it is. */
  const settledRecord = async (path: string): Promise<ModelRecord> => {
    const until = clock.now().getTime() + patienceMilliseconds;
    for (let wait = 50; ; wait = Math.min(2000, wait * 2)) {
      const record = await store.read(path, isModelRecord);
      if (record === undefined) throw new Error(`${store.uri(path)}.json was there and is gone.`);
      if (record.version !== undefined || clock.now().getTime() > until) return record;
      await clock.sleep(wait);
    }
  };

  /** Puts the metrics where a package can point to. Resolves with the place; undefined when SageMaker has no form for such metrics. */
  const writeQuality = async (name: string, { metrics, artifact }: ModelRecord): Promise<string | undefined> => {
    const { modelQuality } = await import('./model-quality.ts');
    const quality = modelQuality(metrics);
    if (quality === undefined) return undefined;
    const path = `models/${name}/quality/${artifact.digest.replace(/^sha256:/, '')}`;
    await store.write(path, quality);
    return store.uri(`${path}.json`);
  };

  /** Makes the version that a record describes. Also when the step that wrote it is gone: AWS knows the request by its token. */
  const makeVersion = async (name: string, record: ModelRecord): Promise<number> => {
    await requireGroup(name);
    const quality = await writeQuality(name, record);
    const made = sagemaker.send(new CreateModelPackageCommand(packageRequest(name, record, quality)));
    const { ModelPackageArn = '' } = await told(made, `Model ${name}`);
    const version = Number(/\/(\d+)$/.exec(ModelPackageArn)?.[1]);
    await store.write(recordPath(name, record.artifact.digest), { ...record, version });
    return version;
  };

  return {
    register: async (registration, { signal } = {}) => {
      const { name, metrics, lineage, approvalStatus, card, description } = registration;
      requireName('model', name);
      requireMetrics(metrics);
      signal?.throwIfAborted();
      const source = await findSource(store, registration.source, signal);
      const path = recordPath(name, source.artifact.digest);
      const known = await store.read(path, isModelRecord);
      if (known === undefined) await source.upload();
      const record: ModelRecord = {
        artifact: source.artifact,
        metrics,
        lineage,
        approvalStatus,
        created: clock.now().toISOString(),
        ...(card === undefined ? {} : { card }),
        ...(description === undefined ? {} : { description }),
      };
      if (known === undefined && (await store.create(path, record))) {
        return { model: await required(versionOf(name, await makeVersion(name, record))), created: true };
      }
      const settled = await settledRecord(path);
      const version = settled.version ?? (await makeVersion(name, settled));
      return { model: await required(versionOf(name, version)), created: settled.version === undefined };
    },
    get: async ({ name, version, alias }) => {
      requireName('model', name);
      const number = version ?? (alias === undefined ? (await numbersOf(name)).at(-1) : await aliased(name, alias));
      return number === undefined ? undefined : versionOf(name, number);
    },
    list: async (name) => {
      requireName('model', name);
      const [numbers, aliases] = await Promise.all([numbersOf(name), aliasesOf(name)]);
      const versions = await Promise.all(numbers.map((number) => versionOf(name, number, aliases)));
      return versions.filter((version) => version !== undefined);
    },
    setApprovalStatus: async (name, version, ModelApprovalStatus) => {
      requireName('model', name);
      const { ModelPackageArn } = await requireVersion(name, version);
      const update = new UpdateModelPackageCommand({ ModelPackageArn, ModelApprovalStatus });
      await told(sagemaker.send(update), `Model ${name}@${version}`);
      return required(versionOf(name, version));
    },
    setAlias: async (name, alias, version) => {
      requireName('model', name);
      requireAlias(alias);
      await requireVersion(name, version);
      await store.write(`models/${name}/aliases/${alias}`, { version });
      return required(versionOf(name, version));
    },
    fetch: async ({ artifact }, into, { signal } = {}) => {
      await requireEmptyFolder(into);
      signal?.throwIfAborted();
      await throughDraft(into, async (draft) => {
        const { digest } = await extractTarball(await store.open(store.path(artifact.uri), signal), draft, signal);
        if (digest !== artifact.digest) {
          throw new UserError(
            `${artifact.uri} has changed since it was registered. Train and register the model again.`,
          );
        }
      });
    },
  };
}

async function required(version: Promise<ModelVersion | undefined>): Promise<ModelVersion> {
  const found = await version;
  if (found === undefined) throw new Error('The model version was there and is gone.');
  return found;
}

function modelVersion(
  { artifact, metrics, lineage, created, card, description }: ModelRecord,
  version: number,
  found: DescribeModelPackageOutput,
  aliases: ReadonlyMap<string, number>,
): ModelVersion {
  return {
    name: found.ModelPackageGroupName ?? '',
    version,
    artifact,
    metrics,
    approvalStatus: (found.ModelApprovalStatus ?? 'PendingManualApproval') as ApprovalStatus,
    aliases: [...aliases]
      .filter(([, number]) => number === version)
      .map(([alias]) => alias)
      .sort(),
    ...(card === undefined ? {} : { card }),
    ...(description === undefined ? {} : { description }),
    lineage,
    created,
  };
}

interface Source {
  readonly artifact: Artifact;
  upload(): Promise<void>;
}

/** What is to be registered: a `model.tar.gz` in S3, which stays where it is (a job's own), or files of this machine. */
async function findSource(store: S3Store, source: string, signal?: AbortSignal): Promise<Source> {
  if (source.startsWith('s3://')) {
    const tree = await digestTarball(await store.open(store.path(source), signal), signal);
    if (tree.files.length === 0) throw new UserError(`${source} has no files. There is nothing to register.`);
    return { artifact: artifactOf(source, tree), upload: async () => {} };
  }
  const files = await sourceFiles(localPath(source, s3Reader));
  const tree = await digestFiles(files, signal);
  const path = `models/artifacts/${tree.digest.replace(/^sha256:/, '')}/model.tar.gz`;
  return {
    artifact: artifactOf(store.uri(path), tree),
    upload: () => store.upload(path, packTarball(files), signal),
  };
}
