import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Cancelled, emptyRunRecord, type RunInfo, systemClock, UserError } from '@mlops-actions/core';
import { listFiles } from '@mlops-actions/files';
import type { Provider } from '@mlops-actions/provider';
import { openLocalProvider } from '@mlops-actions/provider-local';
import { type Inputs, parseInputs } from '@mlops-actions/spec';
import type { Context } from '../action.ts';
import { action } from './run.ts';
import { spec } from './spec.ts';

const daemon = fileURLToPath(new URL('../../packages/provider-local/lib/daemon-main.js', import.meta.url));

let folder: string;
let provider: Provider;
let output: string[];
let kept: Map<string, string>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prepare-data-'));
  output = [];
  kept = new Map();
  const log = logInto(output);
  const effects = { log, clock: systemClock, environment: { PATH: process.env.PATH ?? '' }, random: Math.random };
  const root = join(folder, '.mlops');
  provider = (await openLocalProvider({ root, daemonCommand: [process.execPath, daemon], effects })) as Provider;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function logInto(lines: string[]): Context['log'] {
  return {
    log: (_, message) => void lines.push(message),
    foreign: (line) => void lines.push(`| ${line}`),
    group: (_, body) => body(),
  };
}

function contextWith(changes: Partial<Context> = {}): Context {
  const info: RunInfo = { system: 'memory', runId: '1' };
  return {
    log: logInto(output),
    run: info,
    record: emptyRunRecord(info),
    workingDirectory: folder,
    tempDir: join(folder, 'temp'),
    environment: {},
    signal: new AbortController().signal,
    clock: systemClock,
    scanWorker: undefined,
    provider: async () => provider,
    summary: (markdown) => void output.push(markdown),
    mask: (text) => text,
    keepForPost: (name, value) => void kept.set(name, value),
    ...changes,
  };
}

async function inputsOf(given: Readonly<Record<string, string>>): Promise<Inputs<typeof spec>> {
  const all: Readonly<Record<string, string>> = { dataset: 'd', ...given };
  return parseInputs(spec, { input: (name) => all[name], givenInputs: () => Object.keys(all), spell: (name) => name });
}

async function prepare(given: Readonly<Record<string, string>>, changes?: Partial<Context>) {
  return action.run(await inputsOf(given), contextWith(changes));
}

async function faultOf(given: Readonly<Record<string, string>>): Promise<string> {
  const error = await prepare(given).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  expect(await stored()).toEqual([]);
  return (error as UserError).message;
}

/** The versions in the store and whatever is left in the temporary folder. */
async function stored(): Promise<string[]> {
  const versions = await readdir(join(folder, '.mlops/datasets/d')).catch(() => []);
  const left = await readdir(join(folder, 'temp')).catch(() => []);
  return [...versions, ...left];
}

async function file(path: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}

/** The stored files of a version, by path. */
async function contentOf(reference: unknown): Promise<Record<string, string>> {
  const [name = '', version] = String(reference).split('@');
  const dataset = await provider.datasets.get(name, Number(version));
  if (dataset === undefined) throw new Error(`no ${reference}`);
  const into = await mkdtemp(join(folder, 'fetched-'));
  await provider.datasets.fetch(dataset, into);
  const paths = await listFiles(into);
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(into, path), 'utf8')])),
  );
}

const hundred = `id,kind,who\r\n${Array.from({ length: 100 }, (_, row) => `${row},${row % 4 === 0 ? 'rare' : 'usual'},p${row % 7}\r\n`).join('')}`;

describe('data as it is', () => {
  test('becomes a version, and the same version the next time', async () => {
    await file('data.csv', 'a,b\n1,x\n2,\n');
    const first = await prepare({ data: 'data.csv', tags: 'source: test' });
    expect(first.outputs).toMatchObject({ dataset: 'd@1', rows: 2, changed: true, splits: '{}' });
    expect(await contentOf('d@1')).toEqual({ 'data.csv': 'a,b\n1,x\n2,\n' });
    expect(await provider.datasets.get('d')).toMatchObject({
      columns: [
        { name: 'a', type: 'integer' },
        { name: 'b', type: 'string' },
      ],
      tags: { source: 'test' },
    });
    expect(JSON.parse(await readFile(String(first.outputs.profile), 'utf8'))).toMatchObject({
      format: 1,
      dataset: 'd@1',
      rows: 2,
      columns: [{ name: 'a' }, { name: 'b', nulls: 1 }],
    });
    const again = await prepare({ data: 'data.csv' });
    expect(again.outputs).toEqual({ ...first.outputs, changed: false });
    expect(again.lineage).toEqual(first.lineage);
    await file('data.csv', 'a,b\n1,x\n2,y\n');
    expect((await prepare({ data: 'data.csv' })).outputs).toMatchObject({ dataset: 'd@2', changed: true });
    expect(await readdir(join(folder, 'temp'))).toEqual([]);
  });

  test('may be a folder of tables that is split already', async () => {
    await file('data/train/a.csv', 'x\n1\n2\n');
    await file('data/train/b.csv', 'x\n3\n');
    await file('data/test/a.csv', 'x\n4\n');
    const { outputs } = await prepare({ data: 'data' });
    expect(outputs).toMatchObject({ rows: 4, splits: '{"test":1,"train":3}' });
  });

  test('may be any files', async () => {
    await file('images/a.png', Buffer.from([1, 0, 255]));
    await file('images/b/c.png', Buffer.from([2]));
    expect((await prepare({ data: 'images', format: 'files' })).outputs).toMatchObject({ rows: 2, changed: true });
    expect(output.at(-1)).toContain('2 files');
  });

  test('is only looked at in a dry run', async () => {
    await file('data.csv', hundred);
    const { outputs } = await prepare({ data: 'data.csv', split: 'a: 0.5\nb: 0.5', 'dry-run': 'true' });
    expect(outputs).toEqual({});
    expect(output).toEqual(['Would store 100 rows as a version of d (a 50, b 50).']);
    expect(await stored()).toEqual([]);
  });
});

describe('a split', () => {
  test('is exact, has every row once with its own bytes, and is the same for the same seed', async () => {
    await file('data.csv', hundred);
    const split = { data: 'data.csv', split: 'train: 0.7\ntest: 0.3', stratify: 'kind' };
    const first = await prepare(split);
    expect(first.outputs).toMatchObject({ rows: 100, splits: '{"train":70,"test":30}' });
    const content = await contentOf('d@1');
    expect(Object.keys(content)).toEqual(['test/data.csv', 'train/data.csv']);
    const rows = Object.values(content).map((text) => text.match(/.*\r\n/g) ?? []);
    expect(rows.map((lines) => lines[0])).toEqual(['id,kind,who\r\n', 'id,kind,who\r\n']);
    const body = rows.flatMap((lines) => lines.slice(1));
    expect(body.sort()).toEqual((hundred.match(/.*\r\n/g) ?? []).slice(1).sort());
    const rare = rows.map((lines) => lines.filter((line) => line.includes('rare')).length);
    expect(Math.abs((rare[0] as number) - 7.5)).toBeLessThan(1);
    expect((await prepare(split)).outputs).toMatchObject({ dataset: 'd@1', changed: false });
    expect((await prepare({ ...split, seed: '1' })).outputs).toMatchObject({ dataset: 'd@2', changed: true });
  });

  test('keeps groups together', async () => {
    await file('data.csv', hundred);
    await prepare({ data: 'data.csv', split: 'train: 0.7\ntest: 0.3', group: 'who' });
    const content = await contentOf('d@1');
    const people = Object.values(content).map((text) => new Set([...text.matchAll(/p\d/g)].map(([who]) => who)));
    expect(people).toHaveLength(2);
    for (const who of people[0] ?? []) expect(people[1]).not.toContain(who);
    expect(people.map((set) => set.size).reduce((a, b) => a + b)).toBe(7);
  });

  test('adds the line end that the last row lacks, and reads JSONL', async () => {
    await file('in/a.jsonl', '{"x":1}\n{"x":2}');
    await file('in/b.jsonl', '{"x":3}\n{"x":4}');
    await prepare({ data: 'in', split: '{"all": 1}' });
    expect(await contentOf('d@1')).toEqual({
      'all/a.jsonl': '{"x":1}\n{"x":2}\n',
      'all/b.jsonl': '{"x":3}\n{"x":4}\n',
    });
  });
});

describe('a script', () => {
  const script = `import argparse, os, pathlib
p = argparse.ArgumentParser(); p.add_argument('--factor', type=int); factor = p.parse_args().factor
source = pathlib.Path(os.environ['SM_CHANNEL_INPUT'], 'raw.txt').read_text().split()
target = pathlib.Path(os.environ['SM_OUTPUT_DATA_DIR'], 'made.csv')
target.write_text('x\\n' + ''.join(f'{int(v) * factor}\\n' for v in source))
print('made', len(source), 'rows')
`;

  test('makes the data from its input and arguments, and is found again in a re-run', async () => {
    await file('src/prepare.py', script);
    await file('raw.txt', '1 2 3');
    const given = { 'entry-point': 'prepare.py', 'source-dir': 'src', data: 'raw.txt', arguments: 'factor: 2' };
    expect((await prepare(given)).outputs).toMatchObject({ dataset: 'd@1', rows: 3, changed: true });
    expect(await contentOf('d@1')).toEqual({ 'made.csv': 'x\n2\n4\n6\n' });
    expect(output).toContain('| made 3 rows');
    expect((await prepare(given)).outputs).toMatchObject({ dataset: 'd@1', changed: false });
    expect(output.filter((line) => /has done this work already/.test(line))).toHaveLength(1);
    output.length = 0;
    const shell = { run: { system: 'shell' } };
    await prepare(given, shell);
    await prepare(given, shell);
    expect(output.filter((line) => line.startsWith('Started job'))).toHaveLength(2);
  });

  test('is not run in a dry run', async () => {
    await file('p.sh', 'exit 1');
    await prepare({ 'entry-point': 'p.sh', 'dry-run': 'true' });
    expect(output).toEqual([
      expect.stringMatching(/^Would run `sh p.sh` in a copy of .*, as job prepare-d-[0-9a-f]{12}\.$/),
    ]);
  });

  test.each([
    ['exits 3', 'exit 3', /3.*\nJob prepare-d-/],
    ['is killed', 'kill -9 $$', /SIGKILL/],
    ['writes nothing', 'true', /^p.sh wrote no files. Write the data to the folder in SM_OUTPUT_DATA_DIR/],
    ['writes an empty table', 'touch $SM_OUTPUT_DATA_DIR/x.csv', /^x.csv: holds no rows/],
    ['writes no table', 'echo > $SM_OUTPUT_DATA_DIR/x.txt', /^There is no table in the data \(x.txt\)/],
    ['runs too long', 'sleep 60', /max-runtime|longer than|time limit/i],
  ])('that %s ends as a fault of the user', async (_, text, message) => {
    await file('p.sh', text);
    expect(await faultOf({ 'entry-point': 'p.sh', 'max-runtime': '2s' })).toMatch(message);
  });

  test('is stopped when the step is cancelled', async () => {
    await file('p.sh', 'echo started; sleep 60');
    const abort = new AbortController();
    const log = logInto(output);
    const foreign = (line: string): void => abort.abort(new Cancelled(`at ${line}`));
    await expect(
      prepare({ 'entry-point': 'p.sh' }, { signal: abort.signal, log: { ...log, foreign } }),
    ).rejects.toThrow('at started');
    const name = kept.get('job') as string;
    expect(await provider.jobs.describe(name)).toMatchObject({ status: 'Stopped' });
    await action.post?.(await inputsOf({}), { ...contextWith(), kept: (key) => kept.get(key) });
    expect(await stored()).toEqual([]);
  });
});

describe('what is wrong is said, and nothing is stored', () => {
  test.each<[string, Record<string, string>, RegExp]>([
    ['neither data nor script', {}, /Give `data`.*or `entry-point`/],
    ['no such data', { data: 'none.csv' }, /^`data` is none.csv, which does not exist/],
    ['a data name of 300 characters', { data: 'n'.repeat(300) }, /does not exist/],
    ['no such script', { 'entry-point': 'none.py' }, /`entry-point` is "none.py", which does not exist in/],
    ['a script outside', { 'entry-point': '../x.py' }, /`entry-point` is "..\/x.py". It must be a file inside/],
    ['arguments alone', { data: 'data.csv', arguments: 'a: 1' }, /`arguments` are for a script/],
    ['both ways to split', { data: 'data.csv', split: 'a: 1', stratify: 'x', group: 'y' }, /cannot both hold/],
    ['strata without split', { data: 'data.csv', stratify: 'kind' }, /Give `split` too/],
    ['files with schema', { data: 'data.csv', format: 'files', schema: 's.yml' }, /neither with `schema` nor/],
    ['shares of 0.9', { data: 'data.csv', split: 'a: 0.6\nb: 0.3' }, /^The shares in `split` sum to 0.9/],
    ['a share of 0', { data: 'data.csv', split: 'a: 1\nb: 0' }, /^The share of "b" in `split` is "0"/],
    ['a share of x', { data: 'data.csv', split: 'a: x' }, /^The share of "a" in `split` is "x"/],
    ['a split called ../x', { data: 'data.csv', split: '../x: 1' }, /^"..\/x" in `split` is not a name/],
    ['an empty split', { data: 'data.csv', split: 'a: 0.999\nb: 0.001' }, /^The split "b" would be empty: 100 rows/],
    ['no such column', { data: 'data.csv', split: 'a: 1', group: 'no' }, /^data.csv: has no column "no" for `group`/],
    ['no such schema', { data: 'data.csv', schema: 's.yml' }, /^`schema` is s.yml, which does not exist/],
    ['a split of other files', { data: 'mixed', split: 'a: 1' }, /readme.txt is not a table, so `split` cannot/],
    ['other columns', { data: 'unlike' }, /^unlike\/b.csv: column "z": has the column, and unlike\/a.csv lacks it/],
    ['an empty group', { data: 'gap.csv', split: 'a: 1', group: 'g' }, /^gap.csv:3: row 2, column "g": is empty/],
    ['an empty folder', { data: 'nothing' }, /^nothing holds no files/],
  ])('%s', async (_, given, message) => {
    await file('data.csv', hundred);
    await file('mixed/a.csv', hundred);
    await file('mixed/readme.txt', 'x');
    await file('unlike/a.csv', 'x\n1\n');
    await file('unlike/b.csv', 'x,z\n1,2\n');
    await file('gap.csv', 'x,g\n1,a\n2,\n');
    await mkdir(join(folder, 'nothing'));
    expect(await faultOf(given)).toMatch(message);
  });

  test.each(['naïve', 'two words', '../up', 'x'.repeat(300), ''])('a dataset called "%.20s"', async (dataset) => {
    await file('data.csv', hundred);
    await expect(prepare({ data: 'data.csv', dataset })).rejects.toThrow(/`dataset`/);
  });

  test('paths with spaces and other alphabets are fine', async () => {
    await file('ein Ordner/数据 1.csv', 'a\n1\n');
    await prepare({ data: 'ein Ordner', dataset: 'd' });
    expect(await contentOf('d@1')).toEqual({ '数据 1.csv': 'a\n1\n' });
  });

  test('a wrong type at row 900,000 is found and located', async () => {
    const rows = Array.from({ length: 1_000_000 }, (_, row) => `${row},${row === 899_999 ? 'oops' : row % 90}\n`);
    await file('big.csv', `id,age\n${rows.join('')}`);
    await file(
      'schema.yml',
      'columns:\n  id: { type: integer, unique: true }\n  age: { type: integer, min: 0, max: 120 }\n',
    );
    expect(await faultOf({ data: 'big.csv', schema: 'schema.yml', split: 'a: 0.5\nb: 0.5' })).toBe(
      'The data does not meet the schema:\nbig.csv:900001: row 900000, column "age": "oops" is not an integer.',
    );
  }, 60_000);

  test('a cancel in the middle of reading leaves nothing', async () => {
    await file('data.csv', `a\n${'1\n'.repeat(3 << 20)}`);
    const abort = new AbortController();
    const inputs = await inputsOf({ data: 'data.csv', split: 'a: 0.5\nb: 0.5' });
    const running = action.run(inputs, contextWith({ signal: abort.signal }));
    const settled = expect(running).rejects.toThrow('enough');
    // The staging folder appears when the tables have been read once: the second reading is under way.
    while ((await readdir(join(folder, 'temp')).catch(() => [])).length === 0) await new Promise(setImmediate);
    abort.abort(new Cancelled('enough'));
    await settled;
    expect(await readdir(join(folder, 'temp'))).toEqual([]);
    expect(await stored()).toEqual([]);
  }, 60_000);
});
