import type { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { UserError } from '@mlops-actions/core';
import { explained, isNotFound, isTaken, told, unlessMissing, wasRepeated } from '../aws-errors.ts';
import type { SageMakerSettings } from '../settings.ts';

/** Everything that this provider keeps, below one prefix of a bucket. Paths have no slash at their ends. */
export interface S3Store {
  uri(path: string): string;
  /** The path of an object in this store. A `UserError` when the URI is of another place. */
  path(uri: string): string;
  /** Reads a JSON document; undefined when there is none. A damaged one is a `UserError` that names it. */
  read<T>(path: string, check: (value: unknown) => value is T): Promise<T | undefined>;
  write(path: string, document: unknown): Promise<void>;
  /** Writes a JSON document unless there is one: whoever asks at the same time, one gets true. */
  create(path: string, document: unknown): Promise<boolean>;
  /** Reads a document with what tells it from others of its path, for `replace`. */
  readTagged<T>(path: string, check: (value: unknown) => value is T): Promise<Tagged<T> | undefined>;
  /** Writes a JSON document in the place of the one with that tag; false when another is there by now, or none. */
  replace(path: string, document: unknown, tag: string): Promise<boolean>;
  /** Removes a document. None is fine. */
  remove(path: string): Promise<void>;
  /** The names right below a path, sorted: of documents without their `.json`, of others without what follows the slash. */
  list(path: string): Promise<string[]>;
  /** The content of an object; undefined when there is none. */
  find(path: string, signal?: AbortSignal): Promise<Readable | undefined>;
  /** The content of an object. A `UserError` when there is none. */
  open(path: string, signal?: AbortSignal): Promise<Readable>;
  /** Stores a stream, in parts when it is long. */
  upload(path: string, content: Readable, signal?: AbortSignal): Promise<void>;
}

export interface Tagged<T> {
  readonly document: T;
  readonly tag: string;
}

export function s3Store(s3: S3Client, settings: Pick<SageMakerSettings, 'bucket' | 'prefix' | 'kmsKey'>): S3Store {
  const { bucket: Bucket, prefix, kmsKey } = settings;
  const key = (path: string): string => checkedKey(prefix === '' ? path : `${prefix}/${path}`);
  const uri = (path: string): string => `s3://${Bucket}/${key(path)}`;
  const encryption: Pick<PutObjectCommandInput, 'ServerSideEncryption' | 'SSEKMSKeyId'> =
    kmsKey === undefined ? {} : { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKey };
  const put = async (path: string, document: unknown, condition: Partial<PutObjectCommandInput>): Promise<void> => {
    const Body = textOf(document);
    const ContentType = 'application/json';
    await s3.send(new PutObjectCommand({ Bucket, Key: key(path), Body, ContentType, ...encryption, ...condition }));
  };
  /** Writes when the condition holds. */
  const conditional = async (
    path: string,
    document: unknown,
    condition: Pick<PutObjectCommandInput, 'IfMatch' | 'IfNoneMatch'>,
  ): Promise<boolean> => {
    try {
      await put(`${path}.json`, document, condition);
      return true;
    } catch (error) {
      // When the answer to an earlier attempt was lost, what is there may be our own.
      if (isTaken(error)) return wasRepeated(error) && (await textAt(path)) === textOf(document);
      if (condition.IfMatch !== undefined && isNotFound(error)) return false;
      throw explained(error, uri(path));
    }
  };

  const find = async (path: string, signal?: AbortSignal): Promise<Readable | undefined> => {
    const command = new GetObjectCommand({ Bucket, Key: key(path) });
    const found = unlessMissing(s3.send(command, { ...(signal && { abortSignal: signal }) }));
    return (await told(found, uri(path)))?.Body as Readable | undefined;
  };

  const textAt = async (path: string): Promise<string | undefined> => {
    const found = await unlessMissing(s3.send(new GetObjectCommand({ Bucket, Key: key(`${path}.json`) })));
    return found?.Body?.transformToString();
  };

  const readTagged = async <T>(path: string, check: (value: unknown) => value is T): Promise<Tagged<T> | undefined> => {
    const Key = key(`${path}.json`);
    const found = await told(unlessMissing(s3.send(new GetObjectCommand({ Bucket, Key }))), uri(path));
    if (found?.Body === undefined) return undefined;
    const value = parsed(await found.Body.transformToString());
    if (check(value)) return { document: value, tag: found.ETag ?? '' };
    const problem = value === undefined ? 'is not valid JSON' : 'does not have the content that it should';
    throw new UserError(
      `${uri(`${path}.json`)} ${problem}. Restore an earlier version of it, or delete it and run the step again that made it.`,
    );
  };

  return {
    uri,
    path: (address) => {
      const root = uri('');
      if (address.startsWith(root) && address.length > root.length) return address.slice(root.length);
      throw new UserError(
        `"${address}" is not in the artifact store ${root}. Copy it there, or name its store in \`artifact-store\`.`,
      );
    },
    read: async (path, check) => (await readTagged(path, check))?.document,
    readTagged,
    replace: (path, document, tag) => conditional(path, document, { IfMatch: tag }),
    remove: async (path) => {
      await told(s3.send(new DeleteObjectCommand({ Bucket, Key: key(`${path}.json`) })), uri(path));
    },
    write: (path, document) => told(put(`${path}.json`, document, {}), uri(path)),
    create: (path, document) => conditional(path, document, { IfNoneMatch: '*' }),
    list: async (path) => {
      const Prefix = key(`${path}/`);
      const names = new Set<string>();
      let ContinuationToken: string | undefined;
      do {
        const request = { Bucket, Prefix, Delimiter: '/', ...(ContinuationToken && { ContinuationToken }) };
        const page = await told(s3.send(new ListObjectsV2Command(request)), uri(path));
        const found = [
          ...(page.Contents ?? []).map(({ Key }) => Key),
          ...(page.CommonPrefixes ?? []).map((each) => each.Prefix),
        ];
        for (const each of found) names.add((each ?? '').slice(Prefix.length).replace(/\/$|\.json$/, ''));
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken !== undefined);
      return [...names].sort();
    },
    find,
    open: async (path, signal) => {
      const content = await find(path, signal);
      if (content !== undefined) return content;
      throw new UserError(`${uri(path)} is not in the store. Run the step again that made it.`);
    },
    upload: async (path, Body, signal) => {
      signal?.throwIfAborted();
      const upload = new Upload({ client: s3, params: { Bucket, Key: key(path), Body, ...encryption } });
      const abort = (): void => void upload.abort();
      signal?.addEventListener('abort', abort, { once: true });
      try {
        await told(upload.done(), uri(path));
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      } finally {
        signal?.removeEventListener('abort', abort);
      }
    },
  };
}

/** S3 takes 1024 bytes. */
function checkedKey(key: string): string {
  if (Buffer.byteLength(key) <= 1024) return key;
  throw new UserError(`${key.slice(0, 200)}… is too long for a key of S3. Use shorter names for folders and files.`);
}

function textOf(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
