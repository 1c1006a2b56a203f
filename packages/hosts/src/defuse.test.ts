import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { defuseForAzure, defuseForGitHub } from './defuse.ts';
import { hostileText } from './testing/arbitraries.ts';
import { azureCommandsIn, looksLikeCommand } from './testing/azure-agent.ts';
import { githubCommandsIn } from './testing/github-runner.ts';

describe('what GitHub would obey', () => {
  test.each([
    ['::set-output name=a::b', ':\\:set-output name=a::b'],
    ['  \t::add-mask::b', '  \t:\\:add-mask::b'],
    ['\u00a0\u3000\u0085\u2028::error::b', '\u00a0\u3000\u0085\u2028:\\:error::b'],
    ['50%\r::stop-commands::x', '50%\r:\\:stop-commands::x'],
    ['text\n::group::x\r\n::endgroup::', 'text\n:\\:group::x\r\n:\\:endgroup::'],
    ['text ##[set-env name=PATH]/tmp', 'text #\\#[set-env name=PATH]/tmp'],
    ['###[error]x', '##\\#[error]x'],
    ['##[group]##[group]x', '#\\#[group]#\\#[group]x'],
  ])('%j', (line, defused) => {
    expect(githubCommandsIn(line)).not.toEqual([]);
    expect(defuseForGitHub(line)).toBe(defused);
    expect(githubCommandsIn(defused)).toEqual([]);
  });

  test.each(['a ::error::b', '\ufeff::error::b', '\u001b[31m::error::b', '##\u00ad[error]b', '##vso[task.complete]'])(
    'is left alone, because the runner does not obey it: %j',
    (line) => {
      expect(githubCommandsIn(line)).toEqual([]);
      expect(defuseForGitHub(line)).toBe(line);
    },
  );

  test('never, whatever the text', () => {
    fc.assert(
      fc.property(hostileText(), (text) => {
        const defused = defuseForGitHub(text);
        expect(githubCommandsIn(defused)).toEqual([]);
        expect(defused.replaceAll('\\', '')).toBe(text.replaceAll('\\', ''));
      }),
      { numRuns: 5000 },
    );
  });
});

describe('what Azure would obey', () => {
  test.each([
    ['##vso[task.setvariable variable=a]b', '#\\#vso[task.setvariable variable=a]b'],
    ['text ##vso[task.complete result=Succeeded;]', 'text #\\#vso[task.complete result=Succeeded;]'],
    ['50%\r##vso[task.prependpath]/tmp', '50%\r#\\#vso[task.prependpath]/tmp'],
    ['##vso[x##vso[task.complete result=Failed]', '#\\#vso[x#\\#vso[task.complete result=Failed]'],
  ])('%j', (line, defused) => {
    expect(defuseForAzure(line)).toBe(defused);
    expect(azureCommandsIn(defused)).toEqual([]);
  });

  test('also what its log page folds or colours, and what it warns about', () => {
    expect(defuseForAzure('##[group]a')).toBe('#\\#[group]a');
    expect(defuseForAzure('##vso without a bracket')).toBe('#\\#vso without a bracket');
  });

  test('never, whatever the text', () => {
    fc.assert(
      fc.property(hostileText(), (text) => {
        const defused = defuseForAzure(text);
        expect(azureCommandsIn(defused)).toEqual([]);
        expect(looksLikeCommand(defused)).toBe(false);
        expect(defused.replaceAll('\\', '')).toBe(text.replaceAll('\\', ''));
      }),
      { numRuns: 5000 },
    );
  });
});

test('a line of a million blanks or colons takes no longer than it is long', () => {
  const blanks = `${' '.repeat(1_000_000)}::error::x`;
  expect(defuseForGitHub(blanks)).toBe(`${' '.repeat(1_000_000)}:\\:error::x`);
  const returns = '\r'.repeat(1_000_000);
  expect(defuseForGitHub(`${returns}::a::`)).toBe(`${returns}:\\:a::`);
});
