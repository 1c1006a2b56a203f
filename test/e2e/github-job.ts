import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  dotnetLines,
  githubCommandsIn,
  type RunnerCommand,
  valuesInCommandFile,
} from '../../packages/hosts/src/testing/github-runner.ts';
import { bareEnvironment, type Ended, type Running, start } from './program.ts';

/** How a step ended, as the runner sees it. */
export interface StepOutcome extends Ended {
  readonly outputs: Readonly<Record<string, string>>;
  /** What it set for the post step. */
  readonly state: Readonly<Record<string, string>>;
  readonly summary: string;
  /** Every command that the runner obeyed. */
  readonly commands: readonly RunnerCommand[];
  /** The log page, masked as the runner masks it. */
  readonly log: string;
}

export interface RunningStep {
  readonly program: Running;
  readonly outcome: Promise<StepOutcome>;
}

export interface GitHubJob {
  readonly workspace: string;
  /** Starts `uses: <suite>/actions/<name>` and does not wait. `${{ steps.<id>.outputs.<name> }}` in `inputs` is filled in. */
  start(name: string, inputs?: Readonly<Record<string, string>>, id?: string): Promise<RunningStep>;
  /** The same, to its end. */
  step(name: string, inputs?: Readonly<Record<string, string>>, id?: string): Promise<StepOutcome>;
  /** Ends the job: runs the post steps, the last step's first, as `post-if: always()` asks. */
  end(): Promise<readonly StepOutcome[]>;
}

interface ActionFile {
  readonly inputs?: Readonly<Record<string, { readonly default?: unknown; readonly required?: boolean }>>;
  readonly runs: { readonly using: string; readonly main: string; readonly post?: string };
}

/**
 * A job as actions/runner runs its JavaScript actions: every input of action.yml in a variable, given or not; fresh command files a step;
 * state for the post step; cwd in the workspace. `suite` is where the action was downloaded to, `folder` becomes the runner's own.
 */
export async function githubJob(suite: string, folder: string, node = process.execPath): Promise<GitHubJob> {
  const workspace = join(folder, 'work', 'project', 'project');
  const temp = join(folder, 'work', '_temp');
  const commandFiles = join(temp, '_runner_file_commands');
  for (const each of [workspace, commandFiles]) await mkdir(each, { recursive: true });
  const event = join(temp, 'event.json');
  await writeFile(event, '{}');
  const outputsOf = new Map<string, Readonly<Record<string, string>>>();
  const masks: string[] = [];
  const posts: (() => Promise<StepOutcome>)[] = [];
  let count = 0;

  const jobEnvironment = {
    ...bareEnvironment(folder),
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: workspace,
    GITHUB_REPOSITORY: 'octo-org/churn',
    GITHUB_REPOSITORY_OWNER: 'octo-org',
    GITHUB_SHA: '0123456789abcdef0123456789abcdef01234567',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_REF_NAME: 'main',
    GITHUB_REF_TYPE: 'branch',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_EVENT_PATH: event,
    GITHUB_ACTOR: 'mona',
    GITHUB_WORKFLOW: 'ml',
    GITHUB_JOB: 'ml',
    GITHUB_RUN_ID: '1658821493',
    GITHUB_RUN_NUMBER: '3',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_API_URL: 'https://api.github.com',
    RUNNER_OS: 'Linux',
    RUNNER_ARCH: 'X64',
    RUNNER_TEMP: temp,
    RUNNER_DEBUG: '1',
  };

  async function launch(
    script: string,
    inputs: Readonly<Record<string, string>>,
    state: Readonly<Record<string, string>>,
  ) {
    count += 1;
    const files = Object.fromEntries(
      ['output', 'state', 'env', 'path', 'step_summary'].map((kind) => [kind, join(commandFiles, `${kind}_${count}`)]),
    );
    for (const file of Object.values(files)) await writeFile(file, '');
    const program = start([node, script], {
      cwd: workspace,
      env: {
        ...jobEnvironment,
        ...variables('INPUT_', inputs, (name) => name.replace(/ /g, '_').toUpperCase()),
        ...variables('STATE_', state, (name) => name),
        ...variables('GITHUB_', files, (name) => name.toUpperCase()),
      },
    });
    return { program, outcome: program.ended.then((ended) => outcomeOf(ended, files)) };
  }

  async function outcomeOf(ended: Ended, files: Readonly<Record<string, string>>): Promise<StepOutcome> {
    const read = (kind: string) => readFile(files[kind] ?? '', 'utf8');
    const printed = `${ended.stdout}\n${ended.stderr}`;
    const commands = githubCommandsIn(printed);
    for (const { name, data } of commands) if (name === 'add-mask') masks.push(data);
    const outcome = {
      ...ended,
      outputs: valuesInCommandFile(await read('output')),
      state: valuesInCommandFile(await read('state')),
      summary: await read('step_summary'),
      commands,
      log: masked(
        dotnetLines(printed)
          .filter((line) => !line.startsWith('::add-mask::'))
          .join('\n'),
      ),
    };
    for (const file of Object.values(files)) await rm(file, { force: true });
    return outcome;
  }

  function masked(text: string): string {
    return masks.reduce((result, mask) => (mask === '' ? result : result.replaceAll(mask, '***')), text);
  }

  function filledIn(text: string): string {
    return text.replace(/\$\{\{\s*steps\.([\w-]+)\.outputs\.([\w-]+)\s*\}\}/g, (_, id: string, name: string) => {
      return outputsOf.get(id)?.[name] ?? '';
    });
  }

  async function startStep(
    name: string,
    given: Readonly<Record<string, string>> = {},
    id = name,
  ): Promise<RunningStep> {
    const folderOfAction = join(suite, 'actions', name);
    const action = parse(await readFile(join(folderOfAction, 'action.yml'), 'utf8')) as ActionFile;
    const inputs = Object.fromEntries([
      ...Object.entries(action.inputs ?? {}).map(([input, { default: initial }]) => [input, String(initial ?? '')]),
      ...Object.entries(given).map(([input, value]) => [input, filledIn(value)]),
    ]) as Record<string, string>;
    const { program, outcome } = await launch(join(folderOfAction, action.runs.main), inputs, {});
    const remembered = outcome.then((result) => {
      outputsOf.set(id, result.outputs);
      const { post } = action.runs;
      if (post !== undefined) {
        posts.unshift(async () => (await launch(join(folderOfAction, post), inputs, result.state)).outcome);
      }
      return result;
    });
    return { program, outcome: remembered };
  }

  return {
    workspace,
    start: startStep,
    step: async (name, inputs, id) => (await startStep(name, inputs, id)).outcome,
    end: async () => {
      const outcomes: StepOutcome[] = [];
      for (const post of posts.splice(0)) outcomes.push(await post());
      return outcomes;
    },
  };
}

function variables(
  prefix: string,
  values: Readonly<Record<string, string>>,
  spell: (name: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + spell(name), value]));
}
