import { once } from 'node:events';
import { appendFile, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { UserError } from '@mlops-actions/core';
import fc from 'fast-check';
import { openTable } from '../open-table.ts';
import type { ByteSource } from '../source.ts';
import { chunked, collected } from '../testing/collect.ts';
import { userErrorOf } from '../testing/user-error.ts';
import { sourceAt } from './address.ts';
import { fileSource } from './file.ts';
import { gunzipped } from './gunzip.ts';
import { headOf } from './head.ts';
import { type HttpOptions, httpSource } from './http.ts';
import { type ByteRange, coalesceRanges, inOrder } from './ranges.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sources-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function bytesOf(source: ByteSource): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source.stream()) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

async function expectBytes(source: ByteSource, bytes: Buffer): Promise<void> {
  // Not `toEqual`, which takes minutes to compare some megabytes.
  expect((await bytesOf(source)).equals(bytes)).toBe(true);
}

/** Bytes that differ wherever they are taken from. */
function content(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at + 4 <= length; at += 4) bytes.writeUInt32LE(Math.imul(at, 2654435761) >>> 0, at);
  return bytes;
}

describe('reads of ranges', () => {
  const range = fc.tuple(fc.nat(1000), fc.nat(100)).map(([from, length]): ByteRange => ({ from, to: from + length }));

  test('cover each range by one read, in order, over no gap that is too large', () => {
    fc.assert(
      fc.property(fc.array(range), fc.nat(50), fc.integer({ min: 1, max: 300 }), (ranges, gap, largest) => {
        const reads = coalesceRanges(ranges, { gap, largest });
        for (const { from, to } of ranges) {
          if (to > from) expect(reads.some((read) => read.from <= from && to <= read.to)).toBe(true);
        }
        const wanted = new Set(
          ranges.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, at) => from + at)),
        );
        const longest = Math.max(0, ...ranges.map(({ from, to }) => to - from));
        reads.forEach(({ from, to }, index) => {
          expect(from).toBeGreaterThanOrEqual(reads[index - 1]?.from ?? 0);
          expect(to - from).toBeLessThanOrEqual(Math.max(largest, longest));
          let unwanted = 0;
          for (let at = from; at < to; at++) {
            unwanted = wanted.has(at) ? 0 : unwanted + 1;
            expect(unwanted).toBeLessThanOrEqual(gap);
          }
        });
      }),
    );
  });

  test('come in order with only so many under way', async () => {
    let underWay = 0;
    let most = 0;
    const bytes = content(1000);
    async function read(from: number, to: number) {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
      underWay--;
      return bytes.subarray(from, to);
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of inOrder(read, { from: 3, to: 998, bytes: 50, atOnce: 4 })) chunks.push(chunk);
    expect(Buffer.concat(chunks)).toEqual(bytes.subarray(3, 998));
    expect(most).toBe(4);
  });
});

describe('a file', () => {
  test('gives its bytes in order and from any place', async () => {
    const bytes = content((5 << 20) + 17);
    const path = join(folder, 'bytes');
    await writeFile(path, bytes);
    const source = await fileSource(path, 'bytes');
    expect(source.size).toBe(bytes.length);
    await expectBytes(source, bytes);
    expect(await source.range?.(4_000_001, 4_000_011)).toEqual(bytes.subarray(4_000_001, 4_000_011));
    expect(await source.range?.(7, 7)).toHaveLength(0);
    await expectBytes(await sourceAt(source.address as never), bytes);
  });

  test('is read in ranges into memory that is used again', async () => {
    const bytes = content(1000);
    const path = join(folder, 'ranges');
    await writeFile(path, bytes);
    const { range } = await fileSource(path);
    const buffers = new Set<ArrayBufferLike>();
    const chunks: Buffer[] = [];
    for await (const chunk of inOrder(range as never, { from: 1, to: 998, bytes: 50, atOnce: 2 })) {
      buffers.add(chunk.buffer);
      chunks.push(Buffer.from(chunk));
    }
    expect(Buffer.concat(chunks)).toEqual(bytes.subarray(1, 998));
    expect(buffers.size).toBe(2);
  });

  test('may be empty', async () => {
    const path = join(folder, 'empty');
    await writeFile(path, '');
    expect(await bytesOf(await fileSource(path))).toHaveLength(0);
  });

  test('that is not there, or a folder, is refused', async () => {
    expect(await userErrorOf(fileSource(join(folder, 'none'), 'none'))).toBe('none: does not exist. Check the path.');
    expect(await userErrorOf(fileSource(folder, 'folder'))).toBe('folder: is not a file.');
  });

  test('that changes after it was opened is refused', async () => {
    const path = join(folder, 'growing');
    const message = 'growing: changed while it was read. Wait until it is written and read it again.';
    await writeFile(path, 'abc');
    const source = await fileSource(path, 'growing');
    await appendFile(path, 'd');
    expect(await userErrorOf(source.range?.(0, 2) as Promise<unknown>)).toBe(message);
    expect(await userErrorOf(bytesOf(source))).toBe(message);
    const again = await fileSource(path, 'growing');
    await writeFile(path, 'efgh');
    await utimes(path, 1, 1);
    expect(await userErrorOf(bytesOf(again))).toBe(message);
  });
});

describe('the head of a source', () => {
  test.each([0, 1, 5, 10, 100])('of %i bytes leaves it whole', async (length) => {
    const bytes = content(20);
    const path = join(folder, 'head');
    await writeFile(path, bytes);
    for (const source of [await fileSource(path), chunked(bytes, () => 3)]) {
      const { head, whole, source: after } = await headOf(source, length);
      expect(bytes.subarray(0, head.length)).toEqual(head);
      expect(head.length).toBeGreaterThanOrEqual(Math.min(length, 20));
      if (whole) expect(head).toHaveLength(20);
      await expectBytes(after, bytes);
    }
  });
});

describe('gzip', () => {
  test('is unpacked, also in several members', async () => {
    const bytes = content(3 << 20);
    const packed = Buffer.concat([gzipSync(bytes.subarray(0, 1000)), gzipSync(bytes.subarray(1000))]);
    await expectBytes(gunzipped(chunked(packed, () => 1 + Math.floor(Math.random() * 5000))), bytes);
  });

  test('that is cut off, damaged or a bomb is refused', async () => {
    const packed = gzipSync(content(100_000));
    const sent = (bytes: Buffer) => bytesOf(gunzipped(chunked(bytes, () => 5000, 'a.csv.gz')));
    expect(await userErrorOf(sent(packed.subarray(0, -20)))).toBe(
      'a.csv.gz: the gzip data is cut off. Write or fetch it again.',
    );
    const damaged = Buffer.from(packed);
    damaged.fill(0x55, 1000, 1100);
    expect(await userErrorOf(sent(damaged))).toBe('a.csv.gz: is not valid gzip data. Write or fetch it again.');
    const bomb = gzipSync(Buffer.alloc(80 << 20));
    expect(await userErrorOf(sent(bomb))).toMatch(/^a.csv.gz: unpacks to over 300 times its size/);
  });

  test('passes on what its source throws', async () => {
    async function* broken() {
      yield gzipSync('abc').subarray(0, 5);
      throw new UserError('the pipe broke');
    }
    const source: ByteSource = { label: 'x', stream: broken };
    expect(await userErrorOf(bytesOf(gunzipped(source)))).toBe('the pipe broke');
  });
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

describe('an http address', () => {
  const closers: (() => void)[] = [];
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });

  async function served(handler: Handler): Promise<{ url: string; requests: IncomingMessage[] }> {
    const requests: IncomingMessage[] = [];
    const server = createServer((request, response) => {
      requests.push(request);
      handler(request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/data/t.csv?sig=secret`, requests };
  }

  /** A store as S3 and Blob are: ranges, ETags, `If-Match`. */
  function store(object: { bytes: Buffer; etag: string }): Handler {
    return (request, response) => {
      const { bytes, etag } = object;
      const condition = request.headers['if-match'];
      if (condition !== undefined && condition !== etag) return void response.writeHead(412).end();
      const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
      if (first === undefined) return void response.writeHead(200, { etag, 'content-length': bytes.length }).end(bytes);
      if (Number(first) >= bytes.length) {
        return void response.writeHead(416, { etag, 'content-range': `bytes */${bytes.length}` }).end();
      }
      const part = bytes.subarray(Number(first), Number(last) + 1);
      const range = `bytes ${first}-${Number(first) + part.length - 1}/${bytes.length}`;
      response.writeHead(206, { etag, 'content-range': range, 'content-length': part.length }).end(part);
    };
  }

  const options: HttpOptions = { label: 't.csv', retries: { times: 3, waitMs: 1 } };
  const changed = 't.csv: changed while it was read. Wait until it is written and read it again.';

  test('is read in ranges of one content', async () => {
    const bytes = content((9 << 20) + 5);
    const { url, requests } = await served(store({ bytes, etag: '"one"' }));
    const source = await httpSource(url);
    expect(source.label).toBe(url.replace('?sig=secret', ''));
    expect({ size: source.size, version: source.version }).toEqual({ size: bytes.length, version: '"one"' });
    await expectBytes(source, bytes);
    expect(await source.range?.(100, 200)).toEqual(new Uint8Array(bytes.subarray(100, 200)));
    expect(requests.slice(1).map(({ headers }) => headers['if-match'])).toEqual(['"one"', '"one"', '"one"', '"one"']);
    await expectBytes(await sourceAt(source.address as never), bytes);
  });

  test('may be empty', async () => {
    const { url } = await served(store({ bytes: Buffer.alloc(0), etag: '"none"' }));
    expect(await bytesOf(await httpSource(url))).toHaveLength(0);
  });

  test('whose content changes is refused', async () => {
    const object = { bytes: content(1000), etag: '"one"' };
    const { url } = await served(store(object));
    const source = await httpSource(url, options);
    object.etag = '"two"';
    expect(await userErrorOf(source.range?.(0, 10) as Promise<unknown>)).toBe(changed);
    expect(await userErrorOf(bytesOf(source))).toBe(changed);
    expect(await userErrorOf(httpSource(url, { ...options, version: '"one"' }))).toBe(changed);
  });

  test('whose content changes is refused also when the server knows no If-Match', async () => {
    let etag = 'W/"one"';
    let length = 1000;
    const { url } = await served((_, response) =>
      response.writeHead(206, { etag, 'content-range': `bytes 0-0/${length}` }).end('a'),
    );
    const source = await httpSource(url, options);
    expect(await source.range?.(0, 1)).toEqual(new Uint8Array([97]));
    length = 1001;
    expect(await userErrorOf(source.range?.(0, 1) as Promise<unknown>)).toBe(changed);
    length = 1000;
    etag = 'W/"two"';
    expect(await userErrorOf(source.range?.(0, 1) as Promise<unknown>)).toBe(changed);
  });

  test('without ranges is read as one stream, as often as wanted', async () => {
    const bytes = content(300_000);
    const { url } = await served((_, response) => response.writeHead(200).end(bytes));
    const source = await httpSource(url, options);
    expect(source.range).toBeUndefined();
    await expectBytes(source, bytes);
    await expectBytes(source, bytes);
  });

  test('is tried again after server errors and broken connections', async () => {
    const bytes = content(1000);
    const whole = store({ bytes, etag: '"one"' });
    let count = 0;
    const { url } = await served((request, response) => {
      count++;
      if (count % 3 === 1) response.writeHead(503).end('busy');
      else if (count % 3 === 2) {
        const last = request.headers.range?.split('-')[1];
        response.writeHead(206, { etag: '"one"', 'content-range': `bytes 0-${last}/1000`, 'content-length': 1000 });
        response.write('a', () => request.socket.destroy());
      } else whole(request, response);
    });
    const source = await httpSource(url, { ...options, retries: { times: 4, waitMs: 1 } });
    expect(await source.range?.(0, 10)).toEqual(new Uint8Array(bytes.subarray(0, 10)));
  });

  test('is given up with a sentence', async () => {
    let status = 503;
    const { url, requests } = await served((_, response) => response.writeHead(status).end());
    expect(await userErrorOf(httpSource(url, options))).toBe(
      't.csv: could not be read in 3 tries (the server answered 503). Check the address and the network.',
    );
    expect(requests).toHaveLength(3);
    const answered = (answer: number) => {
      status = answer;
      return userErrorOf(httpSource(url, options));
    };
    expect(await answered(404)).toBe('t.csv: does not exist. Check the address.');
    expect(await answered(403)).toBe(
      't.csv: may not be read (the server answered 403). Check the address and its key.',
    );
    expect(await answered(400)).toBe('t.csv: cannot be read: the server answered 400. Check the address.');
    expect(requests).toHaveLength(6);
    const refused = await userErrorOf(httpSource('http://127.0.0.1:1/t.csv', options));
    expect(refused).toMatch(/^t.csv: could not be read in 3 tries \(.+\)/);
  });

  test('that breaks off in one stream is refused', async () => {
    const { url } = await served((request, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('abc', () => request.socket.destroy());
    });
    const source = await httpSource(url, options);
    expect(await userErrorOf(bytesOf(source))).toMatch(/^t.csv: broke off while it was read/);
  });

  test('is scanned as a table, packed too', async () => {
    const text = `a,b\n${Array.from({ length: 5000 }, (_, row) => `${row},x${row % 3}`).join('\n')}\n`;
    for (const bytes of [Buffer.from(text), gzipSync(text)]) {
      const { url } = await served(store({ bytes, etag: '"one"' }));
      const { facts, columns } = await collected(await openTable(await httpSource(url)));
      expect(facts.rows).toBe(5000);
      expect(columns[0]?.[4999]).toBe(4999);
    }
  });
});

describe('a table is opened', () => {
  async function columnsOf(bytes: Buffer | string, name: string) {
    const path = join(folder, name);
    await writeFile(path, bytes);
    const { columns } = await openTable({ kind: 'file', path, label: name });
    return columns.map(({ name }) => name);
  }

  test('as what its name and its first bytes say', async () => {
    expect(await columnsOf('a,b\tc\n1,2\t3\n', 'a.tsv')).toEqual(['a,b', 'c']);
    expect(await columnsOf(gzipSync('a,b\n1,2\n'), 'a.csv.gz')).toEqual(['a', 'b']);
    expect(await columnsOf(gzipSync('a,b\n1,2\n'), 'packed')).toEqual(['a', 'b']);
    expect(await columnsOf('a;b\n1;2\n', 'data')).toEqual(['a', 'b']);
    expect(await columnsOf('PAR1,PARENT\n1,2\n', 'genes.csv')).toEqual(['PAR1', 'PARENT']);
    expect(await columnsOf('PAR1\n1\n', 'data')).toEqual(['PAR1']);
    expect(await columnsOf('PARENT\n1\n', 'data')).toEqual(['PARENT']);
  });

  test('from a stream', async () => {
    const { columns } = await collected(await openTable(chunked(gzipSync('a,b\n1,2\n'), () => 1)));
    expect(columns).toEqual([[1], [2]]);
  });

  test.each([
    ['PK\x03\x04rest', 'a.csv', 'a.csv: is a zip file or a spreadsheet. Unpack it, or save it as CSV.'],
    ['SQLite format 3\0', 'a.db', 'a.db: is a SQLite database. Export the table as CSV.'],
    [
      'a,b\n1,2\n',
      'a.parquet',
      'a.parquet: is not a Parquet file, as its name says. Write it again, or name it for what it is.',
    ],
    ['PARE\x15\0\0\0\0\0\0\0PARE', 'a.parquet', 'a.parquet: is encrypted. Write it without encryption.'],
  ])('never from %j', async (text, name, message) => {
    expect(await userErrorOf(columnsOf(Buffer.from(text, 'latin1'), name))).toBe(message);
  });
});
