import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { openTable, type TableOptions } from '../open-table.ts';
import { fileSource } from '../sources/file.ts';
import { type Cell, chunked, collected } from '../testing/collect.ts';
import { testFolder } from '../testing/test-folder.ts';

const folder = testFolder();
const { write, faultOf } = folder;

interface Found {
  readonly columns: Readonly<Record<string, Cell[]>>;
  readonly types: Readonly<Record<string, string>>;
  readonly rows: number;
  readonly warnings: readonly string[];
}

async function read(options: TableOptions = {}, where: string | readonly string[] = folder.path): Promise<Found> {
  const scanner = await openTable(where, options);
  const { columns, facts } = await collected(scanner);
  const names = scanner.columns.map(({ name }) => name);
  return {
    columns: Object.fromEntries(names.map((name, index) => [name, columns[index] as Cell[]])),
    types: Object.fromEntries(scanner.columns.map(({ name, type }) => [name, type])),
    rows: facts.rows,
    warnings: facts.warnings.map(folder.named),
  };
}

const none = Number.NaN;

describe('SageMaker data capture', () => {
  interface Captured {
    readonly data: string;
    readonly encoding: string;
    readonly observedContentType?: string;
  }
  const csv = (data: string): Captured => ({ data, encoding: 'CSV', observedContentType: 'text/csv' });
  const json = (data: unknown): Captured => ({ data: JSON.stringify(data), encoding: 'JSON' });
  const base64 = (data: string | Buffer, observedContentType?: string): Captured => ({
    data: Buffer.from(data).toString('base64'),
    encoding: 'BASE64',
    ...(observedContentType && { observedContentType }),
  });

  let events = 0;
  function event(
    endpointInput: Captured | undefined,
    endpointOutput?: Captured,
    metadata: Readonly<Record<string, string>> = {},
  ): string {
    const eventMetadata = { eventId: `event-${events++}`, inferenceTime: '2024-05-01T10:20:30Z', ...metadata };
    return `${JSON.stringify({ captureData: { endpointInput, endpointOutput }, eventMetadata, eventVersion: '0' })}\n`;
  }
  const hour = (at: string, variant = 'AllTraffic', file = 'a.jsonl') => `prefix/churn/${variant}/${at}/${file}`;

  test('is a row for each call, with the columns of the request, of the answer and of the call', async () => {
    await write({
      [hour('2024/05/01/10')]:
        '{"captureData":{"endpointInput":{"observedContentType":"text/csv","mode":"INPUT","data":"69,0,153.7\\n","encoding":"CSV"},"endpointOutput":{"observedContentType":"text/csv; charset=utf-8","mode":"OUTPUT","data":"0.0254","encoding":"CSV"}},"eventMetadata":{"eventId":"e1","inferenceId":"i1","inferenceTime":"2022-02-14T17:25:49Z"},"eventVersion":"0"}\n',
      [hour('2024/05/01/11')]: event(csv('70,1,'), csv('0.5\n'), {
        eventId: 'e2',
        inferenceTime: '2022-02-14T18:00:00Z',
      }),
    });
    const found = await read();
    expect(found.types).toEqual({
      input_0: 'number',
      input_1: 'number',
      input_2: 'number',
      output_0: 'number',
      eventId: 'category',
      inferenceId: 'category',
      inferenceTime: 'timestamp',
    });
    expect(found.columns).toEqual({
      input_0: [69, 70],
      input_1: [0, 1],
      input_2: [153.7, none],
      output_0: [0.0254, 0.5],
      eventId: ['e1', 'e2'],
      inferenceId: ['i1', null],
      inferenceTime: [Date.UTC(2022, 1, 14, 17, 25, 49), Date.UTC(2022, 1, 14, 18)],
    });
    expect(found.warnings).toEqual([]);
  });

  const rows = { age: [1, 2], city: ['x', 'y'] };
  const records = [
    { age: 1, city: 'x' },
    { age: 2, city: 'y' },
  ];
  test.each<[string, Captured, Captured]>([
    ['CSV of several rows', csv('1,x\n2,y\n'), csv('0.1\n0.2\n')],
    ['CSV with quotes and CRLF', csv('1,"x"\r\n2,y\r\n'), csv('0.1\r\n0.2')],
    ['CSV that names its columns', csv('age,city\n1,x\n2,y'), csv('0.1,0.2')],
    ['JSON rows', json(records), json([0.1, 0.2])],
    [
      'JSON rows that are wrapped',
      json({ instances: records }),
      json({ predictions: [{ score: 0.1 }, { score: 0.2 }] }),
    ],
    ['JSON columns', json(rows), json({ score: [0.1, 0.2] })],
    [
      'lists of lists',
      json([
        [1, 'x'],
        [2, 'y'],
      ]),
      json([[0.1], [0.2]]),
    ],
    [
      'lists of features',
      json({ instances: [{ features: [1, 'x'] }, { features: [2, 'y'] }] }),
      json({ predictions: [0.1, 0.2] }),
    ],
    [
      'a split pandas frame',
      json({
        columns: ['age', 'city'],
        index: [0, 1],
        data: [
          [1, 'x'],
          [2, 'y'],
        ],
      }),
      json({ outputs: [0.1, 0.2] }),
    ],
    [
      'MLflow',
      json({
        dataframe_split: {
          columns: ['age', 'city'],
          data: [
            [1, 'x'],
            [2, 'y'],
          ],
        },
      }),
      json({ predictions: [0.1, 0.2] }),
    ],
    [
      'JSON lines',
      { ...json(0), data: '{"age":1,"city":"x"}\n{"age":2,"city":"y"}\n' },
      { ...json(0), data: '{"score":0.1}\n{"score":0.2}' },
    ],
    ['base64 of CSV', base64('1,x\n2,y\n', 'text/csv'), csv('0.1\n0.2\n')],
    ['base64 of JSON', base64(JSON.stringify(records)), base64('0.1\n0.2\n', 'text/html; charset=utf-8')],
    ['base64 of gzip', base64(gzipSync('1,x\n2,y\n')), json([0.1, 0.2])],
    ['CSV in, JSON out', csv('1,x\n2,y\n'), json({ predictions: [{ score: 0.1 }, { score: 0.2 }] })],
    ['one line of CSV for all answers', csv('1,x\n2,y\n'), csv('0.1,0.2')],
  ])('may be %s', async (_, input, output) => {
    await write({ 'a.jsonl': event(input, output) });
    const { columns, warnings } = await read({ captures: { inputColumns: ['age', 'city'], outputColumns: ['score'] } });
    expect(columns).toMatchObject({ age: [1, 2], city: ['x', 'y'], score: [0.1, 0.2] });
    expect(warnings).toEqual([]);
  });

  test('may be one row with many values on each side, whatever form it has', async () => {
    await write({
      'a.jsonl':
        event(json([1, 2, 3]), json([0.1, 0.9])) +
        event(json({ features: [4, 5, 6] }), csv('0.2,0.8')) +
        event(json({ instances: [[7, 8, 9]] }), json({ predictions: [[0.3, 0.7]] })),
    });
    const { columns } = await read();
    expect(columns).toMatchObject({
      input_0: [1, 4, 7],
      input_2: [3, 6, 9],
      output_0: [0.1, 0.2, 0.3],
      output_1: [0.9, 0.8, 0.7],
    });
  });

  test('may lack either side, an inference id and a time', async () => {
    await write({
      'a.jsonl':
        event(json({ a: 1 })) +
        event(undefined, json({ b: 2 })) +
        '{"captureData":{"endpointInput":{"data":"{\\"a\\":3}","encoding":"JSON"}}}\n',
    });
    const { columns } = await read();
    expect(columns).toMatchObject({ a: [1, none, 3], b: [none, 2, none] });
    expect(columns.inferenceTime?.[2]).toBe(none);
  });

  test('tells columns of one name apart by a prefix, and only those', async () => {
    await write({
      'a.jsonl':
        event(json({ score: 1, x: 1, eventId: 'own' }), json({ score: 2, y: 2 }), { eventId: 'e' }) +
        event(json({ y: 3, x: 4 })),
    });
    const { columns } = await read();
    expect(Object.keys(columns).sort()).toEqual(
      ['eventId', 'inferenceTime', 'input.eventId', 'input.score', 'input.y', 'output.score', 'output.y', 'x'].sort(),
    );
    expect(columns).toMatchObject({
      'input.eventId': ['own', null],
      'output.y': [2, none],
      'input.y': [none, 3],
      x: [1, 4],
    });
  });

  test('reads a call once that was captured twice, and says so', async () => {
    const line = event(json({ a: 1 }), undefined, { eventId: 'same' });
    await write({ 'a.jsonl': line + line, 'b.jsonl.gz': gzipSync(line + event(json({ a: 2 }))) });
    const { columns, warnings } = await read();
    expect(columns.a).toEqual([1, 2]);
    expect(warnings).toEqual(['a.jsonl:2: Calls that were captured twice were read once (2 in all).']);
  });

  test('passes over what cannot be laid out row by row, and says so', async () => {
    await write({
      'a.jsonl':
        event(json([{ a: 1 }, { a: 2 }]), json([{ b: 1 }, { b: 2 }, { b: 3 }])) +
        event(json({ a: 3 }), base64('<html></html>')) +
        event(base64(Buffer.from([0xff, 0xd8, 0xff])), json({ b: 4 })) +
        event(csv('"never closed'), json({ b: 5 })) +
        event(json({ a: 6 }), { data: '{"b":', encoding: 'JSON' }) +
        event({ encoding: 'CSV' } as Captured, json({ b: 7 })),
    });
    const { columns, warnings } = await read();
    expect(columns).toMatchObject({ a: [3, none, none, 6, none], b: [none, 4, 5, none, 7] });
    expect(warnings).toEqual([
      'a.jsonl:1: Calls were passed over whose values do not fit the names given, or whose answer has another number of rows than the request (1 in all).',
      'a.jsonl:2: Bodies that hold no table were passed over (5 in all).',
    ]);
  });

  test('passes over a last line that is cut off, and refuses any other that is broken', async () => {
    await write({ 'a.jsonl': `${event(json({ a: 1 }))}{"captureData":{"endpo`, 'b.jsonl': event(json({ a: 2 })) });
    const { columns, warnings } = await read();
    expect(columns.a).toEqual([1, 2]);
    expect(warnings).toEqual(['a.jsonl:2: Last lines that are cut off were passed over (1 in all).']);
    await write({ 'c.jsonl': `{"captureData":\n${event(json({ a: 3 }))}` });
    expect(await faultOf(read())).toMatch(/^c.jsonl:1: is not valid JSON \(.*\)\. Write one captured call a line\.$/);
  });

  test('is read for one variant and a time', async () => {
    const at = (time: string, a: number) => event(json({ a }), undefined, { inferenceTime: time });
    await write({
      [hour('2024/05/01/09')]: at('2024-05-01T09:59:59Z', 1),
      [hour('2024/05/01/10')]: at('2024-05-01T10:00:00Z', 2) + at('2024-05-01T10:30:00+01:00', 3),
      [hour('2024/05/01/11', 'AllTraffic', 'late.jsonl')]:
        at('2024-05-01T10:59:59.999Z', 4) + at('2024-05-01T11:00:00Z', 5),
      [hour('2024/05/01/10', 'Shadow')]: at('2024-05-01T10:30:00Z', 6),
      [hour('2024/06/01/10')]: 'not read at all',
    });
    await mkdir(join(folder.path, 'prefix/churn/AllTraffic/2024/05/01/12'), { recursive: true });
    const window = { from: Date.UTC(2024, 4, 1, 10), to: Date.UTC(2024, 4, 1, 11) };
    const found = await read({ captures: { ...window, deployment: 'AllTraffic' } });
    expect(found.columns.a).toEqual([2, 4]);
    expect(found.warnings).toEqual([]);
    const both = await read({ captures: window });
    expect(both.columns.a).toEqual([2, 4, 6]);
    expect(both.warnings).toEqual([
      '.: calls of the deployments "AllTraffic", "Shadow" are read together. Name one to read it alone.',
    ]);
    expect(await faultOf(read({ captures: { deployment: 'Blue' } }))).toBe(
      '.: has no captures of "Blue". It has those of "AllTraffic", "Shadow".',
    );
    expect(await faultOf(read({ captures: { from: Date.UTC(2024, 4, 3), to: Date.UTC(2024, 4, 4) } }))).toBe(
      '.: holds no captured call that can be read as rows. Check the folder and the time that is wanted.',
    );
  });

  test('gets the labels of its calls, by inference id or else event id, whenever they come', async () => {
    const label = (id: string, data: string, encoding = 'CSV') =>
      `${JSON.stringify({ groundTruthData: { data, encoding }, eventMetadata: { eventId: id }, eventVersion: '0' })}\n`;
    await write({
      'captures/a.jsonl':
        event(csv('1\n2'), csv('0.1\n0.2'), { eventId: 'e1', inferenceId: 'i1' }) +
        event(csv('3'), csv('0.3'), { eventId: 'e2' }) +
        event(csv('4'), csv('0.4'), { eventId: 'e3' }) +
        event(csv('5\n6'), csv('0.5\n0.6'), { eventId: 'e4' }),
      'labels/1.jsonl': label('e2', '0') + label('i1', '0\n1'),
      'labels/2.jsonl': label('e2', '1') + label('e4', '1'),
    });
    const { columns, warnings } = await read({ labels: join(folder.path, 'labels') }, join(folder.path, 'captures'));
    expect(columns.label).toEqual([0, 1, 1, none, none, none]);
    expect(warnings).toEqual([
      'labels/2.jsonl:1: Calls have more than one label; the last was taken (1 in all).',
      'captures/a.jsonl:4: Labels were passed over that are not as many as the rows of their call (1 in all).',
    ]);
    expect(await faultOf(read({ labels: join(folder.path, 'captures') }, join(folder.path, 'captures')))).toBe(
      "captures/a.jsonl:1: is no label: it lacks `groundTruthData` or `eventMetadata.eventId`. Name files in SageMaker's ground truth format.",
    );
  });

  test('is refused when it is none', async () => {
    await write({ 'a.jsonl': event(json({ a: 1 })), 'b.jsonl': '{"a":1}\n' });
    expect(await faultOf(read())).toBe(
      'b.jsonl:1: is no captured call: it has no `captureData`. Name files that SageMaker data capture wrote.',
    );
    await write({ 'b.jsonl': event(base64('<p>')) });
    expect(await faultOf(read({}, join(folder.path, 'b.jsonl')))).toBe(
      'b.jsonl: holds no captured call that can be read as rows. b.jsonl:1: Bodies that hold no table were passed over (1 in all).',
    );
  });

  test('cannot come from a stream, which is read once', async () => {
    const stream = chunked(Buffer.from(event(json({ a: 1 }))), () => 10, 'standard input');
    expect(await faultOf(openTable(stream))).toBe(
      'standard input: captures are read more than once. Save them as a file first.',
    );
  });

  test('says which file a cell stands in that is not of its type', async () => {
    const many = Array.from({ length: 10_000 }, (_, a) => event(json({ a }))).join('');
    await write({ 'a.jsonl': many, 'b.jsonl': event(json({ a: 'x', late: 1 })) });
    const scanner = await openTable(folder.path);
    const { facts } = await collected(scanner);
    expect(facts.mistyped.get('a')).toEqual({ file: join(folder.path, 'b.jsonl'), row: 10_001, line: 1, text: 'x' });
    expect(facts.warnings).toHaveLength(1);
    expect(facts.warnings[0]).toContain('the columns "late" come up first behind the rows');
  });

  test('may hold names of prototypes, deep values and a gzip bomb', async () => {
    await write({
      'a.jsonl':
        event({ data: '{"__proto__":1,"constructor":{"prototype":2}}', encoding: 'JSON' }) +
        event({ data: `${'['.repeat(5000)}${']'.repeat(5000)}`, encoding: 'JSON' }) +
        event({ data: '{"data":'.repeat(5000), encoding: 'JSON' }) +
        event(base64(gzipSync(Buffer.alloc(80 << 20, '1,')))),
    });
    const { columns, warnings } = await read();
    expect(Object.keys(columns)).toContain('constructor.prototype');
    expect(Object.getOwnPropertyDescriptor(columns, '__proto__')?.value).toEqual([1]);
    expect(warnings).toEqual(['a.jsonl:2: Bodies that hold no table were passed over (3 in all).']);
  });
});

describe('the Azure ML data collector', () => {
  let events = 0;
  function event(data: unknown, correlationid: string, more: Readonly<Record<string, unknown>> = {}): string {
    const id = `id-${events++}`;
    const time = '2024-05-01T10:20:30.1234567Z';
    return `${JSON.stringify({ specversion: '1.0', id, source: '/subscriptions/x', type: 'azureml.inference.inputs', datacontenttype: 'application/json', time, data, correlationid, xrequestid: correlationid, modelversion: 'default', collectdatatype: 'pandas.core.frame.DataFrame', agent: 'azureml-ai-monitoring/0.1.0b1', contentrange: 'bytes 0-59/60', ...more })}\n`;
  }
  const path = (collection: string, deployment = 'blue', file = 'instance.jsonl') =>
    `modelDataCollector/churn/${deployment}/${collection}/2024/05/01/10/${file}`;

  test('is a row for each row of inputs, joined with its outputs', async () => {
    await write({
      [path('model_inputs')]:
        event(
          [
            { a: 1, c: 'x' },
            { a: 2, c: 'y' },
          ],
          'k1',
        ) +
        event([{ a: 3, c: 'z' }], 'k2') +
        event([{ a: 4, c: 'x' }], 'k3'),
      [path('model_outputs')]:
        event([{ score: 0.3 }], 'k2') + event([{ score: 0.1 }, { score: 0.2 }], 'k1') + event([{ score: 0.9 }], 'k9'),
    });
    const { columns, types, warnings } = await read();
    expect(columns).toEqual({
      a: [1, 2, 3, 4],
      c: ['x', 'y', 'z', 'x'],
      score: [0.1, 0.2, 0.3, none],
      correlationid: ['k1', 'k1', 'k2', 'k3'],
      time: Array(4).fill(Date.UTC(2024, 4, 1, 10, 20, 30) + 123.4567),
    });
    expect(types.time).toBe('timestamp');
    expect(warnings).toEqual([
      'modelDataCollector/churn/blue/model_inputs/2024/05/01/10/instance.jsonl:3: Inputs have no captured output (1 in all).',
      'modelDataCollector/churn/blue/model_outputs/2024/05/01/10/instance.jsonl:3: Outputs have no captured input and were passed over (1 in all).',
    ]);
  });

  test('may be one of the two alone, or both in one collection', async () => {
    await write({
      'in.jsonl': event([{ a: 1 }], 'k1'),
      'out.jsonl': event([{ score: 0.1 }], 'k1', { type: 'azureml.inference.outputs' }),
      [path('model_inputs_outputs')]: event([{ a: 1, score: 0.5 }], 'k1'),
    });
    expect((await read({}, join(folder.path, 'in.jsonl'))).columns.a).toEqual([1]);
    expect((await read({}, join(folder.path, 'out.jsonl'))).columns).toMatchObject({ score: [0.1] });
    expect((await read({}, [join(folder.path, 'in.jsonl'), join(folder.path, 'out.jsonl')])).columns).toMatchObject({
      a: [1],
      score: [0.1],
    });
    expect((await read({}, join(folder.path, 'modelDataCollector'))).columns).toMatchObject({ a: [1], score: [0.5] });
  });

  test('joins rows by an id of their own where they have one, as requests close together share a line', async () => {
    await write({
      [path('model_inputs')]: event(
        [
          { a: 1, correlationid: 'r1' },
          { a: 2, correlationid: 'r2' },
        ],
        'k1',
      ),
      [path('model_outputs')]:
        event([{ score: 0.2, correlationid: 'r2' }], 'k5') + event([{ score: 0.1, correlationid: 'r1' }], 'k6'),
    });
    expect((await read()).columns).toMatchObject({ a: [1, 2], score: [0.1, 0.2] });
  });

  test('may log requests and responses as they were', async () => {
    await write({
      [path('request')]:
        event({ input_data: { columns: ['a'], data: [[1], [2]] } }, 'k1') + event('{"data":[[3]]}', 'k2'),
      [path('response')]: event([0.1, 0.2], 'k1') + event('[0.3]', 'k2'),
    });
    const { columns } = await read({ captures: { inputColumns: ['a'] } });
    expect(columns).toMatchObject({ a: [1, 2, 3], output_0: [0.1, 0.2, 0.3] });
  });

  test('reads bodies that are kept in blobs of their own, and says where it cannot', async () => {
    await write({
      'rows.json': '[{"a":1},{"a":2}]',
      [path('model_inputs')]:
        event('https://account.blob.core.windows.net/rows.json', 'k1', { datainblob: 'true' }) +
        event('https://account.blob.core.windows.net/gone.json', 'k2', { datainblob: 'true' }) +
        event([{ a: 3 }], 'k3'),
    });
    const resolveBlob = (url: string) =>
      fileSource(join(folder.path, url.slice('https://account.blob.core.windows.net/'.length)));
    const { columns, warnings } = await read({ captures: { resolveBlob } }, join(folder.path, 'modelDataCollector'));
    expect(columns.a).toEqual([1, 2, 3]);
    expect(warnings).toEqual([
      'modelDataCollector/churn/blue/model_inputs/2024/05/01/10/instance.jsonl:2: Bodies that are kept elsewhere could not be read and were passed over (1 in all).',
    ]);
  });

  test('asks no address but those of Azure storage', async () => {
    const urls = [
      'http://169.254.169.254/metadata',
      'file:///etc/passwd',
      'https://blob.core.windows.net.evil.example/x',
      'nonsense',
    ];
    await write({
      'a.jsonl': urls.map((url) => event(url, url, { datainblob: true })).join('') + event([{ a: 1 }], 'k'),
    });
    const { columns, warnings } = await read();
    expect(columns.a).toEqual([1]);
    expect(warnings).toEqual([
      'a.jsonl:1: Bodies that are kept elsewhere could not be read and were passed over (4 in all).',
    ]);
  });

  test('is read for one deployment, and an event once', async () => {
    const line = event([{ a: 1 }], 'k1');
    await write({
      [path('model_inputs')]: line + line,
      [path('model_inputs', 'green')]: event([{ a: 2 }], 'k2'),
    });
    expect((await read({ captures: { deployment: 'green' } })).columns.a).toEqual([2]);
    const { columns, warnings } = await read({ captures: { deployment: 'blue' } });
    expect(columns.a).toEqual([1]);
    expect(warnings[0]).toContain('Calls that were captured twice were read once (1 in all).');
  });

  test('is refused when it is none', async () => {
    await write({ 'a.jsonl': '{"specversion":"1.0","id":"x"}\n' });
    expect(await faultOf(read())).toBe(
      'a.jsonl:1: is no collected event: it has no `data`. Name files that the Azure ML data collector wrote.',
    );
  });
});
