import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { EOL, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { cliHost } from './cli.ts';
import { parseOptions } from './cli-options.ts';
import { valuesInCommandFile } from './testing/github-runner.ts';

let dir: string;
let out: string;
let error: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mlops-cli-'));
  out = '';
  error = '';
});

afterEach(() => rmSync(dir, { recursive: true }));

function host(words: string[] = [], env: Record<string, string> = {}, isTerminal = false): ReturnType<typeof cliHost> {
  return cliHost({
    env,
    write: (text) => {
      out += text;
    },
    writeError: (text) => {
      error += text;
    },
    isTerminal,
    ...parseOptions(words),
  });
}

describe('options', () => {
  test('with a space, with =, alone, and repeated', () => {
    const { options, stray } = parseOptions([
      ...['--model-uri', 's3://a/b', '--rule=accuracy >= 0.9', '--dry-run', '--offset', '-1', '--empty='],
      ...['--column', 'a', '--column', 'b,c', '--last'],
    ]);
    expect([...options]).toEqual([
      ['model-uri', 's3://a/b'],
      ['rule', 'accuracy >= 0.9'],
      ['dry-run', 'true'],
      ['offset', '-1'],
      ['empty', ''],
      ['column', 'a\nb,c'],
      ['last', 'true'],
    ]);
    expect(stray).toEqual([]);
  });

  test('a value over several lines stays whole', () => {
    expect(parseOptions(['--hyperparameters=lr: 0.1\ndepth: 3']).options.get('hyperparameters')).toBe(
      'lr: 0.1\ndepth: 3',
    );
  });

  test('stray words are told as given, so that they are reported with the other faults', () => {
    expect(host(['stray', '--dry-run', '--=x', '-q', '--model', 'm', '--']).givenInputs()).toEqual([
      '--dry-run',
      '--model',
      'stray',
      '--=x',
      '-q',
      '--',
    ]);
  });

  test('the option wins over the variable; settings of the suite are no inputs', () => {
    const cli = host(['--model-uri', 'option'], {
      MLOPS_MODEL_URI: 'variable',
      MLOPS_TOKEN: 'hush',
      MLOPS_OUTPUT: 'o',
    });
    expect(cli.input('model-uri')).toBe('option');
    expect(cli.input('token')).toBe('hush');
    expect(cli.input('output')).toBeUndefined();
  });
});

test('the log goes to standard error, outputs to standard output', () => {
  const cli = host();
  cli.log('info', 'plain');
  cli.log('debug', 'hidden');
  cli.log('notice', 'note');
  cli.log('warning', 'doubt', { file: 'a.py', column: 9 });
  cli.log('error', 'fault', { file: 'a.py', line: 3, column: 9 });
  cli.foreign('::set-output name=a::##vso[task.complete]');
  cli.output('model-uri', 'file:///m');
  expect(error.split(EOL)).toEqual([
    'plain',
    'notice: note',
    'a.py: warning: doubt',
    'a.py:3:9: error: fault',
    '::set-output name=a::##vso[task.complete]',
    '',
  ]);
  expect(out).toBe(`model-uri=file:///m${EOL}`);
});

test('MLOPS_OUTPUT and MLOPS_SUMMARY name files to append to', () => {
  const env = { MLOPS_OUTPUT: join(dir, 'out'), MLOPS_SUMMARY: join(dir, 'summary') };
  for (const step of ['one', 'two']) {
    const cli = host([], env);
    cli.output(step, `${step}\nlines`);
    cli.summary?.(`# ${step}`);
  }
  expect(valuesInCommandFile(readFileSync(env.MLOPS_OUTPUT, 'utf8'))).toEqual({ one: 'one\nlines', two: 'two\nlines' });
  expect(readFileSync(env.MLOPS_OUTPUT, 'utf8')).toBe(out);
  expect(readFileSync(env.MLOPS_SUMMARY, 'utf8')).toBe('# one\n# two\n');
});

test('an output that is a secret is masked on the screen and whole in the file', () => {
  const cli = host([], { MLOPS_OUTPUT: join(dir, 'out') });
  cli.secret('hush');
  cli.output('token', 'hush');
  cli.output('url', 'https://hush.example');
  expect(out).toBe(`token=***${EOL}url=https://hush.example${EOL}`);
  expect(valuesInCommandFile(readFileSync(join(dir, 'out'), 'utf8')).token).toBe('hush');
});

test('colour only for a person who wants it', () => {
  host([], {}, true).log('error', 'fault');
  host([], { NO_COLOR: '1' }, true).log('error', 'fault');
  host([], {}, false).log('error', 'fault');
  expect(error.split(EOL)).toEqual(['\u001b[1;31merror: fault\u001b[0m', 'error: fault', 'error: fault', '']);
});

test('the four endings', () => {
  host().finish({ kind: 'ok' });
  host().finish({ kind: 'verdict', message: 'no' });
  host().finish({ kind: 'user-error', message: 'fix a' });
  host().finish({ kind: 'failure', message: 'broken', detail: 'stack' });
  host([], { MLOPS_DEBUG: 'true' }).finish({ kind: 'failure', message: 'broken', detail: 'stack' });
  expect(error.split(EOL)).toEqual([
    'error: Verdict: no',
    'error: fix a',
    'error: broken',
    'debug: stack',
    'error: broken',
    '',
  ]);
});
