import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { UserError } from '@mlops-actions/core';
import { type FileStore, localPath } from '@mlops-actions/provider';
import { explained, isNotFound } from './aws-errors.ts';
import { throughDraft } from './store/artifacts.ts';
import { extractTarball } from './store/tarball.ts';

/** What messages call this provider where it reads files of the machine; of others it reads what begins with s3://. */
export const s3Reader = 'Besides s3:// the provider of SageMaker';

/**
 * Files in S3, in any bucket that the role may read: an object, a prefix with all that is below it, and a `.tar.gz`, which is how SageMaker
 * keeps models and outputs: its URI is the folder of its files, and `<uri>/path` one of them. Files of this machine are where they are.
 */
export function s3Files(s3: S3Client): FileStore {
  return {
    fetch: async (uri, into, { path, signal } = {}) => {
      if (!uri.startsWith('s3://'))
        return path === undefined ? localPath(uri, s3Reader) : join(localPath(uri, s3Reader), path);
      const whole = path === undefined ? uri : `${uri.replace(/\/$/, '')}/${path}`;
      const { bucket, key } = placeOf(whole);
      const [, archive, inside] = /^(.*\.tar\.gz)(?:\/(.+))?$/.exec(key) ?? [];
      if (archive !== undefined) {
        await fetchArchive(s3, bucket, archive, into, inside, signal);
        return inside === undefined ? into : join(into, inside);
      }
      if (!key.endsWith('/') && (await fetchObject(s3, bucket, key, into, signal))) {
        return join(into, key.slice(key.lastIndexOf('/') + 1));
      }
      await fetchPrefix(s3, bucket, key.endsWith('/') || key === '' ? key : `${key}/`, into, signal);
      return into;
    },
  };
}

function placeOf(uri: string): { readonly bucket: string; readonly key: string } {
  const [, bucket, key = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(uri) ?? [];
  if (bucket === undefined) throw new UserError(`"${uri.slice(0, 200)}" is not a place in S3. Write s3://bucket/key.`);
  return { bucket, key };
}

/** Undefined when there is no such object. */
async function open(
  s3: S3Client,
  Bucket: string,
  Key: string,
  signal: AbortSignal | undefined,
): Promise<Readable | undefined> {
  try {
    const answer = await s3.send(new GetObjectCommand({ Bucket, Key }), { ...(signal && { abortSignal: signal }) });
    return answer.Body as Readable;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw explained(error, `s3://${Bucket}/${Key}`);
  }
}

async function fetchArchive(
  s3: S3Client,
  bucket: string,
  key: string,
  into: string,
  inside: string | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const content = await open(s3, bucket, key, signal);
  if (content === undefined) throw missing(`s3://${bucket}/${key}`);
  await throughDraft(into, async (draft) => {
    const isWanted = (path: string): boolean =>
      inside === undefined || path === inside || path.startsWith(`${inside}/`);
    const { files } = await extractTarball(content, draft, signal, isWanted);
    if (files.length === 0) throw missing(`s3://${bucket}/${key}${inside === undefined ? '' : `/${inside}`}`);
  });
}

async function fetchObject(
  s3: S3Client,
  bucket: string,
  key: string,
  into: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const content = await open(s3, bucket, key, signal);
  if (content === undefined) return false;
  await throughDraft(into, (draft) => write(content, join(draft, key.slice(key.lastIndexOf('/') + 1)), signal));
  return true;
}

async function fetchPrefix(
  s3: S3Client,
  Bucket: string,
  Prefix: string,
  into: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  let found = 0;
  await throughDraft(into, async (draft) => {
    for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix })) {
      for (const { Key = '' } of page.Contents ?? []) {
        const path = Key.slice(Prefix.length);
        // An empty object of that name is how consoles show a folder.
        if (path === '' || path.endsWith('/')) continue;
        if (path.split('/').some((part) => part === '' || part === '.' || part === '..')) {
          throw new UserError(`s3://${Bucket}/${Key} cannot be a file of this machine. Give a narrower prefix.`);
        }
        const content = await open(s3, Bucket, Key, signal);
        if (content !== undefined) await write(content, join(draft, path), signal);
        found += 1;
      }
    }
    if (found === 0) throw missing(`s3://${Bucket}/${Prefix}`);
  });
}

async function write(content: Readable, file: string, signal: AbortSignal | undefined): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await pipeline(content, createWriteStream(file, { flags: 'wx' }), { ...(signal && { signal }) });
}

function missing(uri: string): UserError {
  return new UserError(`${uri} is not there. Check the path.`);
}
