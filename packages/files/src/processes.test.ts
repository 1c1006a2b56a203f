import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { identify, isAlive } from './processes.ts';

test('this process is alive, and is not one that started at another time', () => {
  const self = identify(process.pid);
  expect(self?.pid).toBe(process.pid);
  expect(self?.started).not.toBe('');
  expect(self && isAlive(self)).toBe(true);
  expect(isAlive({ pid: process.pid, started: 'earlier' })).toBe(false);
});

test('a process whose name holds brackets and spaces is identified', async () => {
  const program = "process.title = 'a) Z (b'; console.log('ready'); setInterval(() => {}, 1000)";
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  await once(child.stdout, 'data');
  const identity = identify(child.pid ?? 0);
  expect(identity && isAlive(identity)).toBe(true);
  child.kill('SIGKILL');
  await exit;
  expect(identity && isAlive(identity)).toBe(false);
});

test('there is no process of an unused id', () => {
  expect(identify(0x3fffffff)).toBeUndefined();
});
