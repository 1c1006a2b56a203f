import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from '@jest/globals';
import {
  columnOf,
  csv,
  driftWorkspace,
  issuesOf,
  messageOf,
  normal,
  reportOf,
  seen,
  uniform,
} from './testing/drift-workspace.ts';

const workspace = driftWorkspace();
const { put, check } = workspace;

let server: Server | undefined;
afterEach(() => {
  server?.close();
  server = undefined;
});

function table(rows: number, seed: number, shift = 0): string {
  const random = uniform(seed);
  return csv(rows, () => ({ age: normal(random) + shift, plan: random() < 0.5 ? 'a' : 'b' }));
}

/** The lines of a table in files of 100 rows. */
async function putParts(folder: string, text: string): Promise<void> {
  const [header, ...lines] = text.trim().split('\n');
  for (let from = 0; from < lines.length; from += 100) {
    const part = `${header}\n${lines.slice(from, from + 100).join('\n')}\n`;
    await put(`${folder}/part-${String(from).padStart(6, '0')}.csv.gz`, gzipSync(part));
  }
}

test('a folder and a pattern are one table', async () => {
  await put('reference.csv', table(1000, 1));
  await putParts('current', table(1000, 2));
  await put('whole.csv', table(1000, 2));
  const whole = await reportOf(await check({ reference: 'reference.csv', current: 'whole.csv' }));
  for (const current of ['current', 'current/part-*.csv.gz']) {
    const host = await check({ reference: 'reference.csv', current });
    expect(seen(host)).toEqual(['ok', 'ok']);
    expect(host.outputs['rows-current']).toBe('1000');
    const { columns } = await reportOf(host);
    expect(columns.map(({ name, score, p }) => ({ name, score, p }))).toEqual(
      whole.columns.map(({ name, score, p }) => ({ name, score, p })),
    );
  }
  expect(messageOf(await check({ reference: 'reference.csv', current: 'none/*.csv' }))).toContain('matches no file');
});

test('an http address is read, and a profile behind one is told', async () => {
  await put('reference.csv', table(1000, 1));
  await check({ reference: 'reference.csv', current: 'reference.csv', 'profile-out': 'p' });
  const files: Readonly<Record<string, Buffer>> = {
    '/current.csv': Buffer.from(table(500, 2)),
    '/p': await readFile(join(workspace.path, 'p')),
  };
  server = createServer((request, response) => {
    const body = files[request.url ?? ''];
    if (body === undefined) return void response.writeHead(404).end();
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? [];
    if (from === undefined) return void response.end(body);
    const part = body.subarray(Number(from), Number(to) + 1);
    response.writeHead(206, { 'content-range': `bytes ${from}-${Number(from) + part.length - 1}/${body.length}` });
    response.end(part);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const host = await check({ reference: `${address}/p`, current: `${address}/current.csv` });
  expect(seen(host)).toEqual(['ok', 'ok']);
  expect((await reportOf(host)).reference).toMatchObject({ kind: 'profile', rows: 1000 });
  expect(messageOf(await check({ reference: `${address}/p`, current: `${address}/none.csv` }))).toContain(
    'none.csv: does not exist',
  );
});

/** One line of SageMaker's data capture: a request of one row in CSV, encoded in base64 or not, and its answer. */
function captured(index: number, values: string, answer: string): string {
  const time = new Date(Date.UTC(2024, 4, 1, index % 24)).toISOString();
  const encoded = (text: string) =>
    index % 2 === 0
      ? { data: text, encoding: 'CSV' }
      : { data: Buffer.from(text).toString('base64'), encoding: 'BASE64' };
  return JSON.stringify({
    captureData: {
      endpointInput: { observedContentType: 'text/csv', mode: 'INPUT', ...encoded(values) },
      endpointOutput: { observedContentType: 'text/csv', mode: 'OUTPUT', ...encoded(answer) },
    },
    eventMetadata: { eventId: `e${index}`, inferenceTime: time },
    eventVersion: '0',
  });
}

test("SageMaker's captures are compared with the training data, and judged by ground truth files", async () => {
  const random = uniform(1);
  const answers = Array.from({ length: 600 }, () => ({
    x: normal(random),
    y: random() < 0.5 ? 1 : 0,
    wrong: random() < 0.4,
  }));
  await put(
    'train.csv',
    csv(600, () => {
      const y = random() < 0.5 ? 1 : 0;
      return { x: normal(random), score: y === 1 ? 0.9 : 0.1, label: y };
    }),
  );
  const lines = answers.map(({ x, y }, index) => captured(index, `${x}`, y === 1 ? '0.9' : '0.1'));
  await put('captures/endpoint/AllTraffic/2024/05/01/00/a.jsonl', `${lines.slice(0, 300).join('\n')}\n`);
  await put('captures/endpoint/AllTraffic/2024/05/01/01/b.jsonl', `${lines.slice(300).join('\n')}\n`);
  const truth = answers.map(({ y, wrong }, index) =>
    JSON.stringify({
      groundTruthData: { data: String(wrong ? 1 - y : y), encoding: 'CSV' },
      eventMetadata: { eventId: `e${index}` },
      eventVersion: '0',
    }),
  );
  await put('truth/labels.jsonl', `${truth.join('\n')}\n`);
  const inputs = {
    reference: 'train.csv',
    current: 'captures',
    'input-columns': 'x',
    'output-columns': 'score',
    'probability-column': 'score',
  };
  const host = await check(inputs);
  expect(seen(host)).toEqual(['ok', 'warn']);
  expect(host.outputs['rows-current']).toBe('600');
  expect(await issuesOf(host)).toEqual(['label: missing-column']);
  expect(await columnOf(host, 'x')).toMatchObject({ verdict: 'no-drift' });
  const judged = await check({
    ...inputs,
    format: 'sagemaker-capture',
    labels: 'truth',
    'label-column': 'label',
    signals: 'performance',
  });
  expect(seen(judged)).toEqual(['verdict', 'drift']);
  expect(messageOf(judged)).toContain('accuracy went from 1 to 0.');
  const windowed = await check({ ...inputs, to: '2024-05-01T12:00:00Z' });
  expect(windowed.outputs['rows-current']).toBe('300');
});
