import { describe, expect, test } from '@jest/globals';
import { detectHost } from './detect.ts';
import { runInfo } from './run-info.ts';

const sha = 'ffac537e6cbbf934b08745a378932722df287a53';

function noFile(path: string): string {
  throw new Error(`${path} must not be read`);
}

describe('GitHub', () => {
  const env = {
    GITHUB_ACTIONS: 'true',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'octo-org/octo-repo',
    GITHUB_SHA: sha,
    GITHUB_REF: 'refs/heads/main',
    GITHUB_RUN_ID: '1658821493',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_ACTOR: 'octocat',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_EVENT_PATH: '/event.json',
  };

  test('a push', () => {
    expect(runInfo(env, noFile)).toEqual({
      system: 'github',
      repository: 'octo-org/octo-repo',
      commit: sha,
      ref: 'refs/heads/main',
      runId: '1658821493',
      attempt: 1,
      runUrl: 'https://github.com/octo-org/octo-repo/actions/runs/1658821493',
      actor: 'octocat',
    });
  });

  test('a pull request, run again by someone else', () => {
    const again = {
      ...env,
      GITHUB_REF: 'refs/pull/12/merge',
      GITHUB_RUN_ATTEMPT: '3',
      GITHUB_TRIGGERING_ACTOR: 'hubot',
    };
    expect(runInfo(again, noFile)).toMatchObject({
      pullRequest: 12,
      attempt: 3,
      actor: 'hubot',
      runUrl: 'https://github.com/octo-org/octo-repo/actions/runs/1658821493/attempts/3',
    });
  });

  test.each([
    ['pull_request_target', '{"pull_request":{"number":7}}', 7],
    ['issue_comment', '{"issue":{"number":8,"pull_request":{}}}', 8],
    ['issue_comment', '{"issue":{"number":8}}', undefined],
    ['pull_request_target', 'not JSON', undefined],
    ['pull_request_target', 'null', undefined],
  ])('%s says which in its event: %s', (name, event, expected) => {
    expect(runInfo({ ...env, GITHUB_EVENT_NAME: name }, () => event).pullRequest).toBe(expected);
  });
});

test('Azure Pipelines', () => {
  const env = {
    TF_BUILD: 'True',
    SYSTEM_COLLECTIONURI: 'https://dev.azure.com/contoso/',
    SYSTEM_TEAMPROJECT: 'Risk Models',
    SYSTEM_JOBATTEMPT: '2',
    BUILD_BUILDID: '4711',
    BUILD_REPOSITORY_NAME: 'contoso/churn',
    BUILD_SOURCEVERSION: sha,
    BUILD_SOURCEBRANCH: 'refs/pull/5/merge',
    BUILD_REQUESTEDFOR: 'Ada Lovelace',
    SYSTEM_PULLREQUEST_PULLREQUESTID: '900001',
    SYSTEM_PULLREQUEST_PULLREQUESTNUMBER: '5',
  };
  expect(runInfo(env, noFile)).toEqual({
    system: 'azure-pipelines',
    repository: 'contoso/churn',
    commit: sha,
    ref: 'refs/pull/5/merge',
    runId: '4711',
    attempt: 2,
    runUrl: 'https://dev.azure.com/contoso/Risk%20Models/_build/results?buildId=4711',
    pullRequest: 5,
    actor: 'Ada Lovelace',
  });
  expect(runInfo({ ...env, SYSTEM_PULLREQUEST_PULLREQUESTNUMBER: '' }, noFile).pullRequest).toBe(900001);
});

describe('CodeBuild', () => {
  const env = {
    CODEBUILD_BUILD_ID: 'churn:ce7f5a1e',
    CODEBUILD_BUILD_URL:
      'https://console.aws.amazon.com/codebuild/home?region=eu-west-1#/builds/churn:ce7f5a1e/view/new',
    CODEBUILD_RESOLVED_SOURCE_VERSION: sha,
    CODEBUILD_SOURCE_VERSION: 'pr/123',
    CODEBUILD_SOURCE_REPO_URL: 'https://github.com/octo-org/churn.git',
    CODEBUILD_WEBHOOK_TRIGGER: 'pr/123',
    CODEBUILD_WEBHOOK_HEAD_REF: 'refs/heads/feature',
    CODEBUILD_INITIATOR: 'GitHub-Hookshot/3fa',
  };

  test('a pull request', () => {
    expect(runInfo(env, noFile)).toEqual({
      system: 'codebuild',
      repository: 'octo-org/churn',
      commit: sha,
      ref: 'refs/heads/feature',
      runId: 'churn:ce7f5a1e',
      runUrl: env.CODEBUILD_BUILD_URL,
      pullRequest: 123,
      actor: 'GitHub-Hookshot/3fa',
    });
  });

  test('a source in S3 has no commit, one in CodeCommit its URL', () => {
    const codeCommit = 'https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/churn';
    const started = {
      ...env,
      CODEBUILD_RESOLVED_SOURCE_VERSION: '3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY',
      CODEBUILD_SOURCE_REPO_URL: codeCommit,
      CODEBUILD_WEBHOOK_TRIGGER: 'branch/main',
      CODEBUILD_SOURCE_VERSION: 'refs/heads/main',
      CODEBUILD_WEBHOOK_HEAD_REF: '',
    };
    const run = runInfo(started, noFile);
    expect(run).toMatchObject({ repository: codeCommit, ref: 'refs/heads/main' });
    expect('commit' in run || 'pullRequest' in run).toBe(false);
  });
});

test('GitLab', () => {
  const env = {
    GITLAB_CI: 'true',
    CI_PROJECT_PATH: 'group/churn',
    CI_COMMIT_SHA: sha,
    CI_COMMIT_REF_NAME: 'main',
    CI_PIPELINE_ID: '42',
    CI_PIPELINE_URL: 'https://gitlab.com/group/churn/-/pipelines/42',
    GITLAB_USER_LOGIN: 'ada',
  };
  expect(runInfo(env, noFile)).toEqual({
    system: 'gitlab',
    repository: 'group/churn',
    commit: sha,
    ref: 'refs/heads/main',
    runId: '42',
    runUrl: 'https://gitlab.com/group/churn/-/pipelines/42',
    actor: 'ada',
  });
  expect(runInfo({ ...env, CI_COMMIT_TAG: 'v1' }, noFile).ref).toBe('refs/tags/v1');
  const request = { ...env, CI_MERGE_REQUEST_IID: '3', CI_MERGE_REQUEST_REF_PATH: 'refs/merge-requests/3/head' };
  expect(runInfo(request, noFile)).toMatchObject({ pullRequest: 3, ref: 'refs/merge-requests/3/head' });
});

describe('Jenkins', () => {
  const env = {
    JENKINS_URL: 'https://ci.example.com/',
    BUILD_NUMBER: '12',
    BUILD_TAG: 'jenkins-churn-12',
    BUILD_URL: 'https://ci.example.com/job/churn/12/',
    GIT_URL: 'git@github.com:octo-org/churn.git',
    GIT_COMMIT: sha,
    GIT_BRANCH: 'origin/feature/x',
  };

  test('a job', () => {
    expect(runInfo(env, noFile)).toEqual({
      system: 'jenkins',
      repository: 'octo-org/churn',
      commit: sha,
      ref: 'refs/heads/feature/x',
      runId: 'jenkins-churn-12',
      runUrl: 'https://ci.example.com/job/churn/12/',
    });
  });

  test('a pull request of a multibranch job; no token of a clone URL is kept', () => {
    const request = {
      ...env,
      BRANCH_NAME: 'PR-9',
      CHANGE_ID: '9',
      CHANGE_BRANCH: 'fix',
      CHANGE_AUTHOR: 'ada',
      GIT_URL: 'https://user:token@git.example.com/churn.git',
    };
    expect(runInfo(request, noFile)).toMatchObject({
      pullRequest: 9,
      ref: 'refs/heads/fix',
      actor: 'ada',
      repository: 'https://git.example.com/churn.git',
    });
  });
});

test('a shell is a shell and nothing more', () => {
  expect(runInfo({ PATH: '/bin' }, noFile)).toEqual({ system: 'shell' });
});

test.each([
  [{ GITHUB_ACTIONS: 'true' }, 'github'],
  [{ TF_BUILD: 'True' }, 'azure-pipelines'],
  [{ CODEBUILD_BUILD_ID: 'a:b' }, 'cli'],
  [{}, 'cli'],
] as const)('the bundle under %j is under host %s', (env, name) => {
  const ignore = (): void => undefined;
  expect(detectHost({ env, write: ignore, writeError: ignore, isTerminal: false }).name).toBe(name);
});
