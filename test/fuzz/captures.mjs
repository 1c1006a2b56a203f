import { gzipSync } from 'node:zlib';
import { damaged, nastyJson } from './damage.mjs';
import { fuzz, randomNumbers } from './fuzzing.mjs';
import { readable, requireCountedGaps, requireTexts } from './read.mjs';

// Damages captures of endpoints at random, in their lines and in the bodies within: each must be read, or refused with a UserError.
// `node test/fuzz/captures.mjs --runs 100000` (after `npm run compile`).

/** Reads damaged captures number `run`, `tabular` being what reads: `openTable`. Returns whether they could be read. */
export async function fuzzOnce({ openTable }, run) {
  const random = randomNumbers(run);
  const format = random(2) === 0 ? 'sagemaker-capture' : 'azureml-collector';
  const lines = Array.from({ length: 1 + random(10) }, (_, index) =>
    format === 'sagemaker-capture' ? sagemakerLine(random, index) : azuremlLine(random, index),
  );
  const text = Buffer.from(`${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
  const bytes = random(3) === 0 ? damaged(text, random, nastyJson) : text;
  const packed = random(4) === 0 ? gzipSync(bytes) : bytes;
  const source = { label: 'a.jsonl', size: packed.length, ...readers(packed) };
  const captures = random(2) === 0 ? {} : { inputColumns: ['a', 'b'], outputColumns: ['score'] };
  const window = random(4) === 0 ? { from: Date.UTC(2024, 0, 1), to: Date.UTC(2024, 0, 2) } : {};
  return readable(async () => {
    const scanner = await openTable(source, { format, captures: { ...captures, ...window } });
    let rows = 0;
    const facts = await scanner.scan(scanner.columns, {
      rowsWanted: true,
      numbers: (_, batch) => requireCountedGaps(batch),
      codes: (_, batch) => requireTexts(batch),
      endBatch: (count) => (rows += count),
    });
    if (rows !== facts.rows || rows === 0) throw new Error(`Run ${run}: ${rows} rows of ${facts.rows}.`);
  });
}

function readers(bytes) {
  return {
    range: async (from, to) => Uint8Array.from(bytes.subarray(from, to)),
    async *stream() {
      for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
    },
  };
}

const bodies = [
  ...['1,x\n', '1,x\n2,y\n', 'a,b\r\n1,"x, y"\r\n', '0.5', '0.1,0.9', '', '"', '\n\n', '<html></html>'],
  ...[
    '[1,2]',
    '[[1,2],[3,4]]',
    '{"a":1,"b":"x"}',
    '[{"a":1},{"b":2}]',
    '{"instances":[{"features":[1,2]}]}',
    '{}',
    '[]',
    '[[]]',
  ],
  ...['{"predictions":[{"score":0.5}]}', '{"a":[1,2],"b":[3,4]}', '{"columns":["a"],"data":[[1]]}', '{"a":1}\n{"a":2}'],
  ...[
    '{"data":{"data":{"data":[1]}}}',
    '{"__proto__":1,"constructor":{"a":2}}',
    'null',
    '7',
    '"text"',
    'NaN',
    '[null,null]',
  ],
];

function body(random) {
  const text = bodies[random(bodies.length)];
  return random(3) === 0 ? damaged(Buffer.from(text), random, nastyJson) : Buffer.from(text);
}

function side(random) {
  const bytes = body(random);
  switch (random(5)) {
    case 0:
      return undefined;
    case 1:
      return { data: bytes.toString(), encoding: 'CSV' };
    case 2:
      return { data: bytes.toString(), encoding: 'JSON' };
    default:
      return { data: (random(3) === 0 ? gzipSync(bytes) : bytes).toString('base64'), encoding: 'BASE64' };
  }
}

const times = ['2024-01-01T10:00:00Z', '2024-01-01T10:00:00.1234567+02:00', 'yesterday', '', null, 5];

function sagemakerLine(random, index) {
  return {
    captureData: { endpointInput: side(random), endpointOutput: side(random) },
    eventMetadata: {
      eventId: random(5) === 0 ? 'twice' : `e${index}`,
      inferenceTime: times[random(times.length)],
    },
    eventVersion: '0',
  };
}

function azuremlLine(random, index) {
  const text = body(random).toString();
  return {
    specversion: '1.0',
    id: random(5) === 0 ? 'twice' : `e${index}`,
    type: random(2) === 0 ? 'azureml.inference.inputs' : 'azureml.inference.outputs',
    time: times[random(times.length)],
    correlationid: `k${random(5)}`,
    ...(random(5) === 0 ? { datainblob: 'true' } : {}),
    data: random(2) === 0 ? text : parsedOr(text),
  };
}

function parsedOr(text) {
  try {
    return JSON.parse(text);
  } catch {
    return [{ a: 1, correlationid: 'own' }];
  }
}

/** What reads, as compiled. */
async function prepared() {
  const tabular = await import('../../packages/tabular/lib/index.js');
  return (run) => fuzzOnce(tabular, run);
}

await fuzz(import.meta.url, prepared);
