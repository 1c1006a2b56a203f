import type { RunInfo } from '@mlops-actions/core';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a CI system said, with empty text as not said. */
interface Facts {
  readonly repository?: string | undefined;
  readonly commit?: string | undefined;
  readonly ref?: string | undefined;
  readonly runId?: string | undefined;
  readonly attempt?: string | undefined;
  readonly runUrl?: string | undefined;
  readonly pullRequest?: string | undefined;
  readonly actor?: string | undefined;
}

function runInfoOf(system: string, facts: Facts): RunInfo {
  const { attempt, pullRequest, ...texts } = facts;
  const given = Object.entries(texts).filter(([, value]) => value);
  return {
    system,
    ...(Object.fromEntries(given) as Record<keyof typeof texts, string>),
    ...(isWhole(attempt) ? { attempt: Number(attempt) } : {}),
    ...(isWhole(pullRequest) ? { pullRequest: Number(pullRequest) } : {}),
  };
}

function isWhole(text: string | undefined): boolean {
  return text !== undefined && /^[1-9]\d{0,14}$/.test(text);
}

/** The run of the CI system that `env` belongs to; `shell` when it is none. Nothing is asked of git. */
export function runInfo(env: Environment, readText: (path: string) => string): RunInfo {
  if (env.GITHUB_ACTIONS === 'true') return githubRun(env, readText);
  if (env.TF_BUILD?.toLowerCase() === 'true') return azureRun(env);
  if (env.CODEBUILD_BUILD_ID) return codeBuildRun(env);
  if (env.GITLAB_CI) return gitlabRun(env);
  if (env.JENKINS_URL && env.BUILD_NUMBER) return jenkinsRun(env);
  return { system: 'shell' };
}

/** https://docs.github.com/actions/reference/workflows-and-actions/variables */
export function githubRun(env: Environment, readText: (path: string) => string): RunInfo {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: runId } = env;
  const attempt = env.GITHUB_RUN_ATTEMPT;
  const page = `${server}/${repository}/actions/runs/${runId}`;
  return runInfoOf('github', {
    repository,
    commit: env.GITHUB_SHA,
    ref: env.GITHUB_REF,
    runId,
    attempt,
    runUrl: server && repository && runId && (Number(attempt) > 1 ? `${page}/attempts/${attempt}` : page),
    pullRequest: /^refs\/pull\/(\d+)\//.exec(env.GITHUB_REF ?? '')?.[1] ?? pullRequestOfEvent(env, readText),
    actor: env.GITHUB_TRIGGERING_ACTOR || env.GITHUB_ACTOR,
  });
}

/** Events about a pull request whose ref is a branch, such as `pull_request_target` and `issue_comment`. */
function pullRequestOfEvent(env: Environment, readText: (path: string) => string): string | undefined {
  const { GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: path } = env;
  if (!path || !/^(pull_request|issue_comment)/.test(name ?? '')) return undefined;
  try {
    const event = JSON.parse(readText(path)) as {
      pull_request?: { number?: number };
      issue?: { number?: number; pull_request?: object };
    } | null;
    const number = event?.pull_request?.number ?? (event?.issue?.pull_request && event.issue.number);
    return number === undefined ? undefined : String(number);
  } catch {
    // The event file only adds to what is known; a run goes on without it.
    return undefined;
  }
}

/** https://learn.microsoft.com/azure/devops/pipelines/build/variables */
export function azureRun(env: Environment): RunInfo {
  const { SYSTEM_COLLECTIONURI: collection, SYSTEM_TEAMPROJECT: project, BUILD_BUILDID: runId } = env;
  return runInfoOf('azure-pipelines', {
    repository: env.BUILD_REPOSITORY_NAME || withoutCredentials(env.BUILD_REPOSITORY_URI),
    commit: env.BUILD_SOURCEVERSION,
    ref: env.BUILD_SOURCEBRANCH,
    runId,
    attempt: env.SYSTEM_JOBATTEMPT,
    runUrl:
      collection &&
      project &&
      runId &&
      `${collection.replace(/\/*$/, '/')}${encodeURIComponent(project)}/_build/results?buildId=${runId}`,
    pullRequest: env.SYSTEM_PULLREQUEST_PULLREQUESTNUMBER || env.SYSTEM_PULLREQUEST_PULLREQUESTID,
    actor: env.BUILD_REQUESTEDFOR,
  });
}

/** https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html */
function codeBuildRun(env: Environment): RunInfo {
  const source = env.CODEBUILD_SOURCE_VERSION ?? '';
  const commit = env.CODEBUILD_RESOLVED_SOURCE_VERSION;
  const pullRequest = /^pr\/(\d+)/;
  return runInfoOf('codebuild', {
    repository: repositoryName(env.CODEBUILD_SOURCE_REPO_URL),
    // With a source in S3 this is the version of an object.
    commit: /^[0-9a-f]{40,64}$/.test(commit ?? '') ? commit : undefined,
    ref: env.CODEBUILD_WEBHOOK_HEAD_REF || (source.startsWith('refs/') ? source : undefined),
    runId: env.CODEBUILD_BUILD_ID,
    runUrl: env.CODEBUILD_BUILD_URL,
    pullRequest: (pullRequest.exec(env.CODEBUILD_WEBHOOK_TRIGGER ?? '') ?? pullRequest.exec(source))?.[1],
    actor: env.CODEBUILD_INITIATOR,
  });
}

/** https://docs.gitlab.com/ci/variables/predefined_variables/ */
function gitlabRun(env: Environment): RunInfo {
  return runInfoOf('gitlab', {
    repository: env.CI_PROJECT_PATH,
    commit: env.CI_COMMIT_SHA,
    ref:
      env.CI_MERGE_REQUEST_REF_PATH ||
      prefixed('refs/tags/', env.CI_COMMIT_TAG) ||
      prefixed('refs/heads/', env.CI_COMMIT_REF_NAME),
    runId: env.CI_PIPELINE_ID,
    runUrl: env.CI_PIPELINE_URL,
    pullRequest: env.CI_MERGE_REQUEST_IID,
    actor: env.GITLAB_USER_LOGIN,
  });
}

/** https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#using-environment-variables, and the git and branch plugins' variables. */
function jenkinsRun(env: Environment): RunInfo {
  const branch = env.CHANGE_BRANCH || env.BRANCH_NAME || env.GIT_BRANCH?.replace(/^origin\//, '');
  return runInfoOf('jenkins', {
    repository: repositoryName(env.GIT_URL),
    commit: env.GIT_COMMIT,
    ref: prefixed('refs/tags/', env.TAG_NAME) || prefixed('refs/heads/', branch),
    runId: env.BUILD_TAG || env.BUILD_NUMBER,
    runUrl: env.BUILD_URL,
    pullRequest: env.CHANGE_ID,
    actor: env.BUILD_USER_ID || env.CHANGE_AUTHOR,
  });
}

function prefixed(prefix: string, text: string | undefined): string | undefined {
  return text ? prefix + text : undefined;
}

/** `owner/name` for the well-known hosts, else the URL. */
function repositoryName(url: string | undefined): string | undefined {
  const known =
    /^(?:https:\/\/(?:[^@/]*@)?|(?:ssh:\/\/)?git@)(?:github\.com|gitlab\.com|bitbucket\.org)[/:](.+?)(?:\.git)?\/?$/;
  return known.exec(url ?? '')?.[1] ?? withoutCredentials(url);
}

/** Clone URLs may hold a user name and a token, which belong in no record. */
function withoutCredentials(url: string | undefined): string | undefined {
  return url?.replace(/^([a-z+]+:\/\/)[^@/]*@/i, '$1');
}
