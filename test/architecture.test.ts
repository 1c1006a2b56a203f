import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { arrows, roomOf, violations } from './architecture.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

function read(path: string): string {
  return readFileSync(`${root}/${path}`, 'utf8');
}

function folderOf(room: string): string {
  return room === 'actions' ? 'actions' : `packages/${room}`;
}

const rooms = ['actions', ...readdirSync(`${root}/packages`)];
const paths = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], {
  cwd: root,
  encoding: 'utf8',
});
const sources = new Map(
  paths
    .split('\n')
    .filter((path) => path !== '')
    .map((path) => [path, read(path)]),
);
const declared = Object.fromEntries(
  rooms.map((room) => [room, Object.keys(JSON.parse(read(`${folderOf(room)}/package.json`)).dependencies ?? {})]),
);

describe('this repository', () => {
  test('has sources in every room', () => {
    const inhabited = new Set([...sources.keys()].map(roomOf));
    expect(rooms.filter((room) => !inhabited.has(room))).toEqual([]);
  });

  test('keeps the arrows, the borders and the form', () => {
    expect(violations(sources, declared)).toEqual([]);
  });

  test('has the rooms that ARCHITECTURE.md names, and no others', () => {
    const named = [...read('ARCHITECTURE.md').matchAll(/^\| `(?:packages\/)?([^/`]+)\/` \|/gm)].map(
      (match) => match[1],
    );
    expect(named.filter((room) => room !== 'dist').sort()).toEqual([...rooms].sort());
  });

  test('says for every room which others it may import', () => {
    expect(Object.keys(arrows).sort()).toEqual([...rooms].sort());
  });
});

describe('the checker finds', () => {
  const packages = {
    core: ['@mlops-actions/spec'],
    actions: ['@mlops-actions/core', '@mlops-actions/hosts', '@aws-sdk/client-s3'],
    report: ['@mlops-actions/core', '@mlops-actions/tabular'],
    runner: ['@mlops-actions/provider-local', '@mlops-actions/actions'],
  };

  function found(path: string, text: string): string[] {
    return violations(new Map([[path, text]]), packages);
  }

  test.each([
    [
      'an arrow against the direction',
      'packages/core/src/a.ts',
      `import { b } from '@mlops-actions/spec';`,
      'core must not import spec',
    ],
    [
      'one of a type',
      'packages/report/src/a.ts',
      `import type { B } from '@mlops-actions/tabular';`,
      'report must not import tabular',
    ],
    [
      'one in an import type',
      'packages/report/src/a.ts',
      `export type B = import('@mlops-actions/tabular').B;`,
      'report must not import tabular',
    ],
    ['one by import()', 'actions/a/run.ts', `await import('@mlops-actions/hosts');`, 'actions must not import hosts'],
    ['one by re-export', 'actions/a/run.ts', `export * from '@mlops-actions/hosts';`, 'actions must not import hosts'],
    [
      'one below the main export',
      'actions/a/run.ts',
      `import { b } from '@mlops-actions/hosts/deep';`,
      'actions must not import hosts',
    ],
    ['a cloud SDK outside its provider', 'actions/a/run.ts', `import { S3 } from '@aws-sdk/client-s3';`, 'a cloud SDK'],
    [
      'a package that package.json does not name',
      'packages/core/src/a.ts',
      `import yaml from 'yaml';`,
      'does not name',
    ],
    [
      'a provider that is not loaded lazily',
      'packages/runner/src/a.ts',
      `import { b } from '@mlops-actions/provider-local';`,
      'other than by import()',
    ],
    [
      'an action that is not loaded lazily',
      'actions/registry.ts',
      `import { action } from './train/run.ts';`,
      'other than by import()',
    ],
    ['an action that imports another', 'actions/a/run.ts', `import { x } from '../b/run.ts';`, 'another action'],
    [
      'a path into another room',
      'packages/core/src/a.ts',
      `import { x } from '../../spec/src/b.ts';`,
      'outside its room',
    ],
    ['a source that imports a test', 'packages/core/src/a.ts', `import { x } from './b.test.ts';`, 'into a test'],
    ['the environment', 'packages/core/src/a.ts', `export const a = process.env.HOME;`, 'process.env'],
    ['the environment, unpacked', 'packages/core/src/a.ts', `const { env } = process; export { env };`, 'process.env'],
    ['the environment, by index', 'packages/core/src/a.ts', `export const a = process['env'];`, 'process.env'],
    [
      'the environment, imported',
      'packages/core/src/a.ts',
      `import { env } from 'node:process'; export { env };`,
      'node:process',
    ],
    ['standard output', 'packages/core/src/a.ts', `process.stdout.write('a');`, 'process.stdout'],
    ['console', 'packages/core/src/a.ts', `console.log('a');`, 'console'],
    ['a default export', 'packages/core/src/a.ts', `export default function a() {}`, 'default export'],
    ['a default export of a value', 'test/a.ts', `export default 1;`, 'default export'],
    ['a file that is too long', 'packages/core/src/a.ts', 'export {};\n'.repeat(401), '401 lines'],
  ])('%s', (_, path, text, fault) => {
    const faults = found(path, text);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(`${path}: `);
    expect(faults[0]).toContain(fault);
  });

  test.each([
    ['an allowed arrow', 'actions/a/run.ts', `import { x } from '@mlops-actions/core';`],
    ['a provider by import()', 'packages/runner/src/a.ts', `await import('@mlops-actions/provider-local');`],
    ['the type of a provider', 'packages/runner/src/a.ts', `import type { A } from '@mlops-actions/provider-local';`],
    ['an action by import()', 'actions/registry.ts', `await import('./train/run.ts');`],
    ['a neighbour', 'actions/a/run.ts', `import { x } from './plan.ts'; import { y } from '../action.ts';`],
    [
      'words in a comment or a text',
      'packages/core/src/a.ts',
      `// process.env, console.log\nexport const a = "import('@mlops-actions/spec')";`,
    ],
    ['what a process is', 'packages/core/src/a.ts', `export const a = [process.pid, process.platform];`],
    [
      'a test with its needs',
      'packages/core/src/a.test.ts',
      `import { x } from '@mlops-actions/hosts'; console.log(process.env, x);`,
    ],
    ['hosts with the environment', 'packages/hosts/src/a.ts', `export const a = process.env;`],
  ])('nothing in %s', (_, path, text) => {
    expect(found(path, text)).toEqual([]);
  });
});
