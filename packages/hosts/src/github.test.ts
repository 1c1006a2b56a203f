import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EOL, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Clock, UserError } from '@mlops-actions/core';
import { githubHost } from './github.ts';
import { keyValueRecord } from './key-value-file.ts';
import { githubCommandsIn } from './testing/github-runner.ts';

let dir: string;
let printed: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mlops-github-'));
  printed = '';
  for (const name of ['OUTPUT', 'STATE', 'STEP_SUMMARY']) writeFileSync(join(dir, name), '');
});

afterEach(() => rmSync(dir, { recursive: true }));

function host(env: Record<string, string> = {}, clock?: Clock): ReturnType<typeof githubHost> {
  const files = Object.fromEntries(
    ['OUTPUT', 'STATE', 'STEP_SUMMARY'].map((name) => [`GITHUB_${name}`, join(dir, name)]),
  );
  const write = (text: string): void => {
    printed += text;
  };
  return githubHost({ env: { ...files, ...env }, write, ...(clock && { clock }) });
}

function file(name: string): string {
  return readFileSync(join(dir, name), 'utf8');
}

function lines(): string[] {
  return printed.split(EOL).slice(0, -1);
}

// Texts of https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
describe('the commands as GitHub documents them', () => {
  test.each([
    ['debug', 'Set the Octocat variable', undefined, '::debug::Set the Octocat variable'],
    ['notice', 'Missing semicolon', { file: 'app.js', line: 1 }, '::notice file=app.js,line=1::Missing semicolon'],
    ['warning', 'Missing semicolon', { file: 'app.js', line: 1 }, '::warning file=app.js,line=1::Missing semicolon'],
    [
      'error',
      'Missing semicolon',
      { file: 'app.js', line: 1, column: 5 },
      '::error file=app.js,line=1,col=5::Missing semicolon',
    ],
    ['error', '100%\r\nnext', { file: 'a:b,c%.py' }, '::error file=a%3Ab%2Cc%25.py::100%25%0D%0Anext'],
    ['info', 'plain % text', undefined, 'plain % text'],
  ] as const)('%s', (level, message, at, expected) => {
    host().log(level, message, at);
    expect(lines()).toEqual([expected]);
  });

  test('group', async () => {
    const github = host();
    await github.group('My title', async () => github.log('info', 'Inside group'));
    expect(lines()).toEqual(['::group::My title', 'Inside group', '::endgroup::']);
  });

  test('a secret of several lines is masked whole and line by line', () => {
    const github = host();
    github.secret('Mona The Octocat');
    github.secret('first\n\n  second 50%\n');
    expect(lines()).toEqual([
      '::add-mask::Mona The Octocat',
      '::add-mask::first%0A%0A  second 50%25%0A',
      '::add-mask::first',
      '::add-mask::second 50%25',
    ]);
  });
});

describe('values through files', () => {
  test('an output is a heredoc with a delimiter nobody can guess', () => {
    host().output('model-uri', 'a\nb');
    expect(file('OUTPUT')).toMatch(
      /^model-uri<<(ghadelimiter_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\r?\na\nb\r?\n\1\r?\n$/,
    );
    expect(printed).toBe('');
  });

  test('names and values that hold the delimiter are refused', () => {
    expect(() => keyValueRecord('name', 'a\nEOF\nb', 'EOF')).toThrow('The value of "name" holds the delimiter "EOF"');
    expect(() => keyValueRecord('EOF', 'a', 'EOF')).toThrow('name of an output or state holds the delimiter');
  });

  test.each(['', 'a=b', 'a<<b', 'a\nb'])('a name that the runner would misread is refused: %j', (name) => {
    expect(() => host().output(name, 'value')).toThrow('cannot be the name');
    expect(file('OUTPUT')).toBe('');
  });

  test('without the file there is a clear error and never the old command', () => {
    expect(() => host({ GITHUB_OUTPUT: '' }).output('name', 'value')).toThrow(UserError);
    expect(() => host({ GITHUB_OUTPUT: '' }).output('name', 'value')).toThrow('GITHUB_OUTPUT is not set');
    expect(() => host({ GITHUB_OUTPUT: join(dir, 'gone') }).output('name', 'value')).toThrow('which does not exist');
    expect(printed).toBe('');
  });
});

describe('what GitHub would drop', () => {
  test('the tenth error is the ending; more go to the log and are counted', () => {
    const github = host();
    for (let index = 1; index <= 12; index++) github.log('error', `fault ${index}`, { file: 'a.py', line: index });
    for (let index = 1; index <= 11; index++) github.log('warning', `doubt ${index}`);
    for (let index = 1; index <= 10; index++) github.log('notice', `note ${index}`);
    github.finish({ kind: 'user-error', message: 'The end' });
    const commands = githubCommandsIn(printed);
    const count = (name: string): number => commands.filter((command) => command.name === name).length;
    expect([count('error'), count('warning'), count('notice')]).toEqual([10, 10, 10]);
    expect(lines()).toContain('a.py:10: error: fault 10');
    expect(lines()).toContain('a.py:12: error: fault 12');
    expect(lines()).toContain('warning: doubt 11');
    expect(lines().slice(-2)).toEqual([
      'Only in the log above, because each step may show ten: 3 more errors, 1 more warning.',
      '::error::The end',
    ]);
  });

  test('a message of 4096 characters is whole, a longer one is cut and the log has all of it', () => {
    host().log('warning', 'x'.repeat(4096));
    expect(lines()).toEqual([`::warning::${'x'.repeat(4096)}`]);
    printed = '';
    // The cut falls into the middle of a key, which is two UTF-16 code units.
    const long = `${'x'.repeat(4096 - 39)}${'🔑'.repeat(40)}`;
    host().log('warning', long);
    const [whole, annotation] = lines();
    expect(whole).toBe(long);
    expect(annotation?.length).toBeLessThanOrEqual('::warning::'.length + 4096);
    expect(annotation).toMatch(/^::warning::x+(🔑)* ?… \(cut; the log has the whole message\)$/u);
  });

  test('a secret at the cut leaves no piece of itself', () => {
    const github = host();
    github.secret('SECRET-VALUE');
    printed = '';
    github.log('error', `${'x'.repeat(4050)}SECRET-VALUE${'y'.repeat(100)}`);
    expect(printed).not.toContain('SECRE');
  });
});

describe('summary', () => {
  const limit = 1024 * 1024;

  test('1 MiB fits, with what the step has written before', () => {
    const github = host();
    appendFileSync(join(dir, 'STEP_SUMMARY'), 'before\n');
    github.summary?.(`${'x'.repeat(limit - 'before\n'.length - 1)}\n`);
    expect(file('STEP_SUMMARY').length).toBe(limit);
    expect(printed).toBe('');
  });

  test('more is cut at the end of a line, in bytes, with a note', () => {
    const github = host();
    const line = `${'é'.repeat(511)}x\n`;
    github.summary?.(line.repeat(2000));
    github.summary?.('later\n');
    const text = file('STEP_SUMMARY');
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit);
    expect(Buffer.byteLength(text)).toBeGreaterThan(limit - 1200);
    const [note, ...rest] = text
      .split('\n')
      .reverse()
      .filter((part) => part !== '');
    expect(note).toContain('The rest was cut');
    expect(rest.every((part) => `${part}\n` === line)).toBe(true);
    expect(lines()).toEqual(['The summary was cut: GitHub shows 1 MiB of it a step.']);
  });

  test('a file with no room for the note is left alone', () => {
    const github = host();
    truncateSync(join(dir, 'STEP_SUMMARY'), limit - 3);
    github.summary?.('four\n');
    expect(file('STEP_SUMMARY').length).toBe(limit - 3);
  });
});

test('the four endings', () => {
  host().finish({ kind: 'ok' });
  expect(printed).toBe('');
  host().finish({ kind: 'verdict', message: 'accuracy: 0.8, wanted 0.9' });
  host().finish({ kind: 'user-error', message: 'Input `a` is wrong.\nInput `b` is required.' });
  host().finish({ kind: 'failure', message: 'broken', detail: 'Error: broken\n    at f' });
  expect(lines()).toEqual([
    '::error title=Verdict::accuracy: 0.8, wanted 0.9',
    '::error::Input `a` is wrong.%0AInput `b` is required.',
    '::debug::Error: broken%0A    at f',
    '::error::broken',
  ]);
});

test('@actions/core writes the same bytes, but for the random delimiter', () => {
  const awkward = '100% of a:b,c\r\n"next" ]; ünïcödé 🔑';
  const script = `
    import * as core from '@actions/core';
    const text = ${JSON.stringify(awkward)};
    core.debug(text);
    core.notice(text);
    core.warning(text, { file: text, startLine: 3 });
    core.error(text, { file: 'a.py', startLine: 3, startColumn: 7 });
    core.info('plain ' + 7);
    core.setSecret('hush 100%');
    await core.group(text, async () => core.info('inside'));
    core.setOutput('model-uri', text);
    core.setOutput('empty', '');
    core.saveState('job', text);
    await core.summary.addRaw('# Title').addEOL().write();
    core.error('no', { title: 'Verdict' });
  `;
  const files = Object.fromEntries(
    ['OUTPUT', 'STATE', 'STEP_SUMMARY'].map((name) => {
      const path = join(dir, `core-${name}`);
      writeFileSync(path, '');
      return [`GITHUB_${name}`, path];
    }),
  );
  const stdout = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    env: { PATH: process.env.PATH, ...files },
    encoding: 'utf8',
  });

  const github = host();
  github.log('debug', awkward);
  github.log('notice', awkward);
  github.log('warning', awkward, { file: awkward, line: 3 });
  github.log('error', awkward, { file: 'a.py', line: 3, column: 7 });
  github.log('info', 'plain 7');
  github.secret('hush 100%');
  void github.group(awkward, async () => github.log('info', 'inside'));
  github.output('model-uri', awkward);
  github.output('empty', '');
  github.state?.save('job', awkward);
  github.summary?.('# Title');
  return Promise.resolve().then(() => {
    github.finish({ kind: 'verdict', message: 'no' });
    expect(printed).toBe(stdout);
    const undelimited = (text: string): string => text.replace(/ghadelimiter_[0-9a-f-]{36}/g, 'D');
    for (const name of ['OUTPUT', 'STATE', 'STEP_SUMMARY']) {
      expect(undelimited(file(name))).toBe(undelimited(file(`core-${name}`)));
    }
    expect(file('OUTPUT')).toContain('model-uri<<ghadelimiter_');
  });
});

describe('ID token', () => {
  const impatient: Clock = { now: () => new Date(0), sleep: () => Promise.resolve() };
  let server: Server;
  let asked: string[];
  let answers: [number, string][];

  beforeEach(async () => {
    asked = [];
    server = createServer((request, response) => {
      asked.push(`${request.url} ${request.headers.authorization}`);
      const [status, body] = answers.shift() ?? [500, ''];
      if (status === 0) request.socket.destroy();
      else response.writeHead(status).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function ask(): Promise<string> | undefined {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token?api-version=2.0`;
    return host({ ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'permit' }, impatient).idToken?.(
      'sts.amazonaws.com/a b',
    );
  }

  test('is asked for with the audience, again after a fault, and masked', async () => {
    answers = [
      [503, ''],
      [0, ''],
      [429, ''],
      [200, '{"value":"ey.JWT"}'],
    ];
    await expect(ask()).resolves.toBe('ey.JWT');
    expect(new Set(asked)).toEqual(new Set(['/token?api-version=2.0&audience=sts.amazonaws.com%2Fa+b Bearer permit']));
    expect(asked.length).toBe(4);
    expect(lines()).toEqual(['::add-mask::ey.JWT']);
  });

  test('gives up after five attempts', async () => {
    answers = [];
    await expect(ask()).rejects.toThrow('GitHub gave no ID token for "sts.amazonaws.com/a b": HTTP status 500.');
    expect(asked.length).toBe(5);
  });

  test.each([
    [403, '', 'HTTP status 403'],
    [200, '{}', 'has no `value`'],
    [200, 'null', 'has no `value`'],
    [200, '<html>', 'has no `value`'],
  ])('is not asked for again after an answer %d %j', async (status, body, reason) => {
    answers = [[status, body]];
    await expect(ask()).rejects.toThrow(reason);
    expect(asked.length).toBe(1);
  });

  test('without the permission says how to give it', async () => {
    await expect(host().idToken?.('a')).rejects.toThrow('permissions: id-token: write');
  });
});
