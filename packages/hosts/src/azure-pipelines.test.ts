import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { EOL, tmpdir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { UserError } from '@mlops-actions/core';
import { azurePipelinesHost } from './azure-pipelines.ts';
import { azureCommandsIn } from './testing/azure-agent.ts';

let dir: string;
let printed: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mlops-azure-'));
  printed = '';
});

afterEach(() => rmSync(dir, { recursive: true }));

function host(env: Record<string, string> = {}): ReturnType<typeof azurePipelinesHost> {
  const write = (text: string): void => {
    printed += text;
  };
  return azurePipelinesHost({ env: { AGENT_TEMPDIRECTORY: dir, ...env }, write });
}

function lines(): string[] {
  return printed.split(EOL).slice(0, -1);
}

// Forms of https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
describe('the commands as Microsoft documents them', () => {
  test.each([
    [
      'warning',
      'Found something that could be a problem.',
      undefined,
      '##vso[task.logissue type=warning;]Found something that could be a problem.',
    ],
    [
      'error',
      'Something went very wrong.',
      { file: 'consoleapp/main.cs', line: 1, column: 1 },
      '##vso[task.logissue type=error;sourcepath=consoleapp/main.cs;linenumber=1;columnnumber=1;]Something went very wrong.',
    ],
    [
      'error',
      '100%\r\n;] next',
      { file: 'a];%.py' },
      '##vso[task.logissue type=error;sourcepath=a%5D%3B%AZP25.py;]100%AZP25%0D%0A;] next',
    ],
    ['debug', 'a\nb', undefined, '##vso[task.debug]a%0Ab'],
    ['notice', 'good to know', { file: 'a.py', line: 2 }, 'a.py:2: notice: good to know'],
    ['info', 'plain % text', undefined, 'plain % text'],
  ] as const)('%s', (level, message, at, expected) => {
    host().log(level, message, at);
    expect(lines()).toEqual([expected]);
  });

  test('outputs in camelCase, secret ones marked', () => {
    const azure = host();
    azure.output('model-uri', 'file:///a;b]100%');
    azure.secret('hush');
    azure.output('token', 'hush');
    expect(lines()).toEqual([
      '##vso[task.setvariable variable=modelUri;isOutput=true;isSecret=false;]file:///a;b]100%AZP25',
      '##vso[task.setsecret]hush',
      '##vso[task.setvariable variable=token;isOutput=true;isSecret=true;]hush',
    ]);
  });

  test('group, in one line whatever its title holds', async () => {
    const azure = host();
    await azure.group('My\ntitle ##vso[task.complete]', async () => azure.log('info', 'inside'));
    expect(lines()).toEqual(['##[group]My title #\\#vso[task.complete]', 'inside', '##[endgroup]']);
  });

  test('state is a variable of the task', () => {
    host().state?.save('job-name', 'a\nb');
    expect(lines()).toEqual(['##vso[task.settaskvariable variable=job-name;isSecret=false;]a%0Ab']);
    expect(host({ 'VSTS_TASKVARIABLE_JOB-NAME': 'a\nb' }).state?.read('job-name')).toBe('a\nb');
  });
});

test('a secret of several lines is sent line by line, never whole', () => {
  host().secret('-----BEGIN KEY-----\r\nabc100%\n\n-----END KEY-----\n');
  expect(lines()).toEqual([
    '##vso[task.setsecret]-----BEGIN KEY-----',
    '##vso[task.setsecret]abc100%AZP25',
    '##vso[task.setsecret]-----END KEY-----',
  ]);
});

test('a secret output of several lines, which the agent refuses, is a clear error', () => {
  const azure = host();
  azure.secret('a1\nb2');
  expect(() => azure.output('token', 'a1\nb2')).toThrow(UserError);
  expect(printed).not.toContain('setvariable');
});

test('secret inputs arrive as plain inputs, by macro', () => {
  expect(host({ INPUT_APITOKEN: 'hush' }).input('api-token')).toBe('hush');
});

test('each summary is a Markdown file of its own name that exists', () => {
  const azure = host();
  azure.secret('hush');
  azure.summary?.('# One hush');
  azure.summary?.('# Two');
  const paths = azureCommandsIn(printed)
    .filter(({ name }) => name === 'task.uploadsummary')
    .map(({ data }) => data);
  expect(paths.map((path) => [isAbsolute(path), dirname(dirname(path)), basename(path)])).toEqual([
    [true, dir, 'mlops-summary.md'],
    [true, dir, 'mlops-summary-2.md'],
  ]);
  expect(paths.map((path) => readFileSync(path, 'utf8'))).toEqual(['# One ***', '# Two']);
});

test('the four endings: one message each, the result by command', () => {
  expect(host().finish({ kind: 'ok' })).toBe(0);
  expect(printed).toBe('');
  host().finish({ kind: 'verdict', message: 'accuracy is 0.8' });
  host().finish({ kind: 'user-error', message: 'one\ntwo' });
  host().finish({ kind: 'failure', message: 'broken', detail: 'stack' });
  expect(lines()).toEqual([
    '##vso[task.logissue type=error;]Verdict: accuracy is 0.8',
    '##vso[task.complete result=Failed;]',
    '##vso[task.logissue type=error;]one%0Atwo',
    '##vso[task.complete result=Failed;]',
    '##vso[task.debug]stack',
    '##vso[task.logissue type=error;]broken',
    '##vso[task.complete result=Failed;]',
  ]);
});

test('the tenth error is the ending; more go to the log and are counted', () => {
  const azure = host();
  for (let index = 1; index <= 11; index++) azure.log('error', `fault ${index}`);
  azure.finish({ kind: 'user-error', message: 'The end' });
  expect(azureCommandsIn(printed).filter(({ name }) => name === 'task.logissue').length).toBe(10);
  expect(lines()).toContain('error: fault 11');
  expect(lines()).toContain('Only in the log above, because each step may show ten: 2 more errors.');
});
