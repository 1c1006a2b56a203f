import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AgentCommand, azureCommandsIn } from '../../packages/hosts/src/testing/azure-agent.ts';
import { dotnetLines } from '../../packages/hosts/src/testing/github-runner.ts';
import { bareEnvironment, type Ended, run } from './program.ts';

export interface TaskOutcome extends Ended {
  /** `Succeeded`, `SucceededWithIssues` or `Failed`: what the agent makes of the commands and the exit code. */
  readonly result: string;
  /** The output variables: those set with `isOutput=true`. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly commands: readonly AgentCommand[];
  /** The log page, masked as the agent masks it. */
  readonly log: string;
}

export interface AzureJob {
  readonly workspace: string;
  /** Runs `- task: <name>@1`. `$(<reference>.<output>)` in `inputs` is filled in. */
  task(name: string, inputs?: Readonly<Record<string, string>>, reference?: string): Promise<TaskOutcome>;
  /** Ends the job: runs `postjobexecution` of the tasks, the last one's first. */
  end(): Promise<readonly TaskOutcome[]>;
}

interface TaskFile {
  readonly inputs: readonly { readonly name: string; readonly defaultValue?: string }[];
  readonly execution: Readonly<Record<string, { readonly target: string }>>;
  readonly postjobexecution?: Readonly<Record<string, { readonly target: string }>>;
}

/**
 * A job as Azure's agent runs node tasks: every input of task.json in a variable, commands read from both streams, output variables named
 * by the task's reference. `tasks` is the folder of unpacked tasks, `folder` becomes the agent's own.
 */
export async function azureJob(tasks: string, folder: string, node = process.execPath): Promise<AzureJob> {
  const workspace = join(folder, '1', 's');
  const temp = join(folder, '_temp');
  for (const each of [workspace, temp]) await mkdir(each, { recursive: true });
  const secrets: string[] = [];
  const macros = new Map<string, string>();
  const posts: (() => Promise<TaskOutcome>)[] = [];

  const jobEnvironment = {
    ...bareEnvironment(folder),
    TF_BUILD: 'True',
    AGENT_TEMPDIRECTORY: temp,
    AGENT_WORKFOLDER: folder,
    AGENT_OS: 'Linux',
    AGENT_VERSION: '4.266.2',
    BUILD_BUILDID: '211',
    BUILD_REPOSITORY_NAME: 'churn',
    BUILD_SOURCEBRANCH: 'refs/heads/main',
    BUILD_SOURCEVERSION: '0123456789abcdef0123456789abcdef01234567',
    BUILD_SOURCESDIRECTORY: workspace,
    BUILD_REQUESTEDFOR: 'Mona',
    SYSTEM_COLLECTIONURI: 'https://dev.azure.com/contoso/',
    SYSTEM_DEFAULTWORKINGDIRECTORY: workspace,
    SYSTEM_TEAMPROJECT: 'ml',
    SYSTEM_JOBATTEMPT: '1',
    SYSTEM_DEBUG: 'true',
  };

  async function execute(
    script: string,
    env: Readonly<Record<string, string>>,
    reference: string,
  ): Promise<TaskOutcome> {
    const ended = await run([node, script], { cwd: workspace, env: { ...jobEnvironment, ...env } });
    const printed = `${ended.stdout}\n${ended.stderr}`;
    const commands = azureCommandsIn(printed);
    const outputs: Record<string, string> = {};
    let result: string | undefined;
    for (const { name, properties, data } of commands) {
      if (name === 'task.setsecret') secrets.push(data);
      if (name === 'task.complete') result = properties.result;
      if (name !== 'task.setvariable') continue;
      if (properties.issecret?.toLowerCase() === 'true') secrets.push(data);
      if (properties.isoutput?.toLowerCase() === 'true') {
        outputs[properties.variable ?? ''] = data;
        macros.set(`${reference}.${properties.variable}`, data);
      }
    }
    const log = dotnetLines(printed).filter((line) => !/##vso\[task\.(setsecret|setvariable)/.test(line));
    return {
      ...ended,
      result: ended.code === 0 ? (result ?? 'Succeeded') : 'Failed',
      outputs,
      commands,
      log: secrets.reduce((text, secret) => (secret === '' ? text : text.replaceAll(secret, '***')), log.join('\n')),
    };
  }

  function filledIn(text: string): string {
    return text.replace(/\$\(([\w.]+)\)/g, (whole, name: string) => macros.get(name) ?? whole);
  }

  return {
    workspace,
    task: async (name, given = {}, reference = name) => {
      const home = join(tasks, name);
      const task = JSON.parse(await readFile(join(home, 'task.json'), 'utf8')) as TaskFile;
      const inputs = {
        ...Object.fromEntries(task.inputs.map((input) => [input.name, input.defaultValue ?? ''])),
        ...Object.fromEntries(Object.entries(given).map(([input, value]) => [input, filledIn(value)])),
      };
      const env = Object.fromEntries(
        Object.entries(inputs).map(([input, value]) => [`INPUT_${input.replace(/[ .]/g, '_').toUpperCase()}`, value]),
      );
      const outcome = await execute(join(home, handler(task.execution)), env, reference);
      const post = task.postjobexecution;
      if (post !== undefined) {
        const state = taskVariables(outcome.commands);
        posts.unshift(() => execute(join(home, handler(post)), { ...env, ...state }, reference));
      }
      return outcome;
    },
    end: async () => {
      const outcomes: TaskOutcome[] = [];
      for (const post of posts.splice(0)) outcomes.push(await post());
      return outcomes;
    },
  };
}

/** Both handlers must start the same file; which one is used depends on the machine. */
function handler(handlers: Readonly<Record<string, { readonly target: string }>>): string {
  const targets = new Set(Object.values(handlers).map(({ target }) => target));
  const [target] = targets;
  if (targets.size !== 1 || target === undefined) throw new Error('The handlers of the task disagree.');
  return target;
}

/** What `task.settaskvariable` keeps for the task's own post job step. */
function taskVariables(commands: readonly AgentCommand[]): Record<string, string> {
  return Object.fromEntries(
    commands
      .filter(({ name }) => name === 'task.settaskvariable')
      .map(({ properties, data }) => [
        `VSTS_TASKVARIABLE_${(properties.variable ?? '').replace(/[ .]/g, '_').toUpperCase()}`,
        data,
      ]),
  );
}
