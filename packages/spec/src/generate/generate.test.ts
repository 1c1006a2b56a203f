import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sample, small } from '../../test/samples.ts';
import { type ActionSpec, choice, list, text } from '../define.ts';
import { generate, type Registry } from './generate.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mlops-generate-'));
  await put('package.json', '{"version": "1.2.3"}');
  await put('README.md', '# Front\n<!-- steps:start -->\n<!-- steps:end -->\nEnd.\n');
  await put('actions/registry.ts', '');
  await put('actions/lib/registry.js', '');
  await put('actions/sample-step/README.md', page('sample-step'));
  await put('actions/small/README.md', page('small'));
});
afterEach(() => rm(root, { recursive: true }));

const both: Registry = registryOf(sample, small);

function registryOf(...specs: readonly ActionSpec[]): Registry {
  return Object.fromEntries(specs.map((spec) => [spec.name, async () => ({ spec })]));
}

function page(name: string): string {
  return `# ${name}\n\nProse.\n\n<!-- inputs:start -->\n<!-- inputs:end -->\n\n<!-- outputs:start -->\n<!-- outputs:end -->\n`;
}

async function put(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}

function read(path: string): Promise<string> {
  return readFile(join(root, path), 'utf8');
}

async function run(registry: Registry, ...args: readonly string[]) {
  const lines: string[] = [];
  const write = (path: string, content: string) => writeFile(path, content);
  await mkdir(join(root, 'test'), { recursive: true });
  const code = await generate(root, registry, args, { write, print: (line) => void lines.push(line) });
  return { code, lines };
}

describe('generate', () => {
  test('writes every file, and a second time none', async () => {
    const first = await run(both);
    expect(first.code).toBe(0);
    expect(first.lines.sort()).toEqual(
      [
        ...['sample-step', 'small'].flatMap((name) =>
          ['README.md', 'action.yml', 'inputs.schema.json', 'task.json'].map((file) => `actions/${name}/${file}`),
        ),
        'README.md',
        'test/compatibility.json',
      ]
        .map((path) => `wrote ${path}`)
        .sort(),
    );
    expect(await read('actions/small/README.md')).toContain(
      'Prose.\n\n<!-- inputs:start -->\nNone.\n<!-- inputs:end -->',
    );
    expect(await read('README.md')).toContain('[`small`](actions/small/README.md)');
    expect(JSON.parse(await read('actions/small/task.json'))).toMatchObject({
      version: { Major: 1, Minor: 2, Patch: 3 },
    });
    expect(await run(both)).toEqual({ code: 0, lines: [] });
    expect(await run(both, '--check')).toEqual({ code: 0, lines: [] });
  });

  test('--check writes nothing and names each file that differs', async () => {
    await run(both);
    await put('actions/small/action.yml', 'name: by hand\n');
    await rm(join(root, 'actions/sample-step/task.json'));
    expect(await run(both, '--check')).toEqual({
      code: 1,
      lines: [
        'actions/sample-step/task.json differs from what `npm run generate` makes.',
        'actions/small/action.yml differs from what `npm run generate` makes.',
      ],
    });
    expect(await read('actions/small/action.yml')).toBe('name: by hand\n');
  });

  test('the front page keeps its text when it has no markers', async () => {
    await put('README.md', 'no markers');
    expect((await run(both)).code).toBe(0);
    expect(await read('README.md')).toBe('no markers');
  });

  test('every fault is reported at once, and nothing is written', async () => {
    await put('actions/stray/spec.ts', '');
    await rm(join(root, 'actions/small'), { recursive: true });
    await put('actions/sample-step/README.md', '# No markers');
    const { code, lines } = await run(registryOf({ ...sample, title: '' }, small));
    expect(code).toBe(1);
    expect(lines).toEqual([
      'actions/stray/ is not in actions/registry.ts. Add a line there, or remove the folder.',
      'actions/registry.ts names small, but there is no folder actions/small/.',
      'actions/sample-step/spec.ts: the title is empty.',
      'actions/sample-step/README.md lacks <!-- inputs:start --> and <!-- inputs:end -->.',
    ]);
    await expect(read('actions/sample-step/action.yml')).rejects.toThrow('ENOENT');
  });

  test('a README is written by hand', async () => {
    await rm(join(root, 'actions/small/README.md'));
    await put('actions/small/spec.ts', '');
    expect((await run(both)).lines).toEqual([
      'actions/small/README.md does not exist. Its prose is written by hand; the tables are generated.',
    ]);
    await put('actions/small/README.md', '<!-- inputs:start -->\n<!-- inputs:end -->\n');
    expect((await run(both)).lines).toEqual([
      'actions/small/README.md lacks <!-- outputs:start --> and <!-- outputs:end -->.',
    ]);
  });

  test('a name in the registry is the name in the spec', async () => {
    const wrong = {
      'sample-step': async () => ({ spec: sample }),
      small: async () => ({ spec: { ...small, name: 'big' } }),
    };
    expect((await run(wrong)).lines).toContain('actions/registry.ts names small, but its spec says big.');
  });

  test('an unknown option does nothing', async () => {
    expect(await run(both, '--chek')).toEqual({
      code: 1,
      lines: ['Unknown option --chek. The options are --check and --accept. Did you mean --check?'],
    });
  });
});

describe('what was shipped stays', () => {
  const help = 'Help.';
  const shipped: ActionSpec = {
    ...small,
    inputs: { mode: choice(['fast', 'safe'], { help }), names: list({ help }), word: text({ help }) },
    outputs: { a: { help }, b: { help } },
  };
  const broken: ActionSpec = {
    ...small,
    inputs: {
      mode: choice(['fast', 'slow'], { help }),
      word: list({ help, required: true }),
      more: text({ help, required: true }),
    },
    outputs: { b: { help }, c: { help } },
  };
  const promises = [
    'input mode of small no longer takes safe',
    'input names of small was shipped and is gone',
    'input word of small was a text and is a list',
    'input word of small was optional and is required',
    'input more of small is new and required, so workflows without it break',
    'output a of small was shipped and is gone',
  ];
  const advice = 'If that is meant, and the major version changes, run `npm run generate -- --accept`.';

  test('new names are added, and the ledger is sorted', async () => {
    await run(registryOf(sample, small));
    const added = await run(registryOf(sample, shipped));
    expect(added.code).toBe(0);
    const ledger = JSON.parse(await read('test/compatibility.json')) as Record<string, unknown>;
    expect(Object.keys(ledger)).toEqual(['sample-step', 'small']);
    expect(ledger.small).toEqual({
      inputs: { mode: { type: 'choice', values: ['fast', 'safe'] }, names: { type: 'list' }, word: { type: 'text' } },
      outputs: ['a', 'b'],
      task: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    const text = await read('test/compatibility.json');
    await run(registryOf(shipped, sample));
    expect(await read('test/compatibility.json')).toBe(text);
  });

  test('removing and changing are faults, also for --check, until they are accepted', async () => {
    await run(registryOf(sample, shipped));
    const before = await read('test/compatibility.json');
    for (const args of [[], ['--check']]) {
      expect(await run(registryOf(sample, broken), ...args)).toEqual({
        code: 1,
        lines: promises.map((promise) => `test/compatibility.json: ${promise}. ${advice}`),
      });
    }
    expect(await read('test/compatibility.json')).toBe(before);
    expect((await run(registryOf(sample, broken), '--accept')).code).toBe(0);
    expect(await run(registryOf(sample, broken), '--check')).toEqual({ code: 0, lines: [] });
  });

  test('an action that is gone, and a task with another id', async () => {
    await run(both);
    const ledger = (await read('test/compatibility.json')).replace(/"task": "[^"]*"/g, '"task": "other"');
    await put('test/compatibility.json', ledger);
    await rm(join(root, 'actions/sample-step'), { recursive: true });
    const { lines } = await run(registryOf(small));
    expect(lines[0]).toContain('action sample-step was shipped and is gone');
    expect(lines[1]).toMatch(/the task id of small was other and is [0-9a-f-]{36}/);
    expect(lines).toHaveLength(2);
  });

  test('a choice may become free text, and an input may stop being required', async () => {
    await run(registryOf(sample, { ...shipped, inputs: { mode: choice(['a', 'b'], { help, required: true }) } }));
    expect((await run(registryOf(sample, { ...shipped, inputs: { mode: text({ help }) } }))).code).toBe(0);
  });

  test('a broken ledger is not thrown away', async () => {
    await put('test/compatibility.json', '{');
    expect(await run(both, '--accept')).toEqual({
      code: 1,
      lines: ['test/compatibility.json is not valid JSON. Restore it from the last commit.'],
    });
    expect(await read('test/compatibility.json')).toBe('{');
  });
});
