import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Moto, signature } from './moto.ts';

/** `s3://bucket/key` in parts. */
export function s3Place(uri: string): { readonly bucket: string; readonly key: string } {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(uri) ?? [];
  return { bucket, key };
}

/** Copies every object under a prefix into `folder`, and returns how many there are. SageMaker's prefix is text: `a` covers `ab` too. */
export async function download(moto: Moto, uri: string, folder: string): Promise<number> {
  const { bucket, key: prefix } = s3Place(uri);
  const keys = await listKeys(moto, bucket, prefix);
  const base = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  for (const key of keys) {
    const target = join(folder, key.slice(base.length));
    await mkdir(dirname(target), { recursive: true });
    const response = await fetch(objectUrl(moto, bucket, key), { headers: signature('s3') });
    if (!response.ok || response.body === null) throw new Error(`${key}: ${await response.text()}`);
    await pipeline(Readable.fromWeb(response.body as never), createWriteStream(target));
  }
  return keys.length;
}

export async function upload(moto: Moto, file: string, uri: string): Promise<void> {
  const { bucket, key } = s3Place(uri);
  const { size } = await stat(file);
  const response = await fetch(objectUrl(moto, bucket, key), {
    method: 'PUT',
    headers: { 'content-length': String(size), ...signature('s3') },
    body: Readable.toWeb(createReadStream(file)) as never,
    duplex: 'half',
  } as RequestInit);
  if (!response.ok) throw new Error(`${uri}: ${await response.text()}`);
}

async function listKeys(moto: Moto, bucket: string, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  let token = '';
  do {
    const query = new URLSearchParams({ 'list-type': '2', 'encoding-type': 'url', prefix });
    if (token !== '') query.set('continuation-token', token);
    const response = await fetch(`${moto.url}/${bucket}?${query}`, { headers: signature('s3') });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    keys.push(...[...text.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => decodeURIComponent(key)));
    token = /<NextContinuationToken>([^<]*)</.exec(text)?.[1] ?? '';
  } while (token !== '');
  return keys;
}

function objectUrl(moto: Moto, bucket: string, key: string): string {
  return `${moto.url}/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
}
