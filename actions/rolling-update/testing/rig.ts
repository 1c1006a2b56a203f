import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MemoryHost, memoryHost } from '@mlops-actions/hosts';
import type { DeploymentRequest, Provider } from '@mlops-actions/provider';
import { servingScript } from '@mlops-actions/provider/contract';
import { runPost } from '@mlops-actions/runner';
import { processesBelow, until } from '../../deploy-endpoint/testing/processes.ts';
import { localEffects, localProvider, type Step, startStep } from '../../deploy-endpoint/testing/step.ts';
import { action } from '../run.ts';

/** A workspace with a store, in which endpoint `shop` really serves, and the step. */
export interface Rig {
  readonly workspace: string;
  readonly provider: Provider;
  /** Registers a model; gives its reference. */
  registered(content: string): Promise<string>;
  /** Puts a deployment into service with all the traffic; gives the endpoint's URL. */
  serving(deployment: string, change?: Partial<DeploymentRequest>): Promise<string>;
  start(inputs: Readonly<Record<string, string>>): Step;
  run(inputs: Readonly<Record<string, string>>): Promise<Step>;
  /** The post part of a step that was started. */
  post(step: Step): Promise<MemoryHost>;
  /** Percents by deployment, those without traffic included; empty when there is no endpoint. */
  traffic(): Promise<Record<string, number>>;
  end(): Promise<void>;
}

/** Short enough for a test; every one may be overruled. */
export const quick = {
  endpoint: 'shop',
  'entry-point': 'serve.cjs',
  'source-dir': 'serving',
  bake: '3s',
  'final-bake': '3s',
  settle: '0s',
  interval: '1s',
  'min-requests': '20',
  'max-hold': '6s',
  // An answer takes 2 ms, and 3 ms beside the other tests: that is no matter of the model.
  'max-latency-ratio': '5',
} as const;

export async function rolloutRig(): Promise<Rig> {
  const workspace = await mkdtemp(join(tmpdir(), 'rollout with é-'));
  await mkdir(join(workspace, 'serving'));
  await writeFile(join(workspace, 'serving', 'serve.cjs'), servingScript);
  const env = { PATH: process.env.PATH };
  const provider = await localProvider(workspace);

  const registered = async (content: string): Promise<string> => {
    const source = await mkdtemp(join(workspace, 'model-'));
    await mkdir(join(source, 'code'));
    await writeFile(join(source, 'model.txt'), content);
    await writeFile(join(source, 'code', 'serve.cjs'), servingScript);
    const registration = { name: 'churn', source, metrics: {}, approvalStatus: 'Approved', lineage: {} } as const;
    const { model } = await provider.models.register(registration);
    return `churn@${model.version}`;
  };

  const start = (inputs: Readonly<Record<string, string>>): Step => {
    const host = memoryHost({ inputs: { ...quick, ...inputs }, env, workspace, tempDir: join(workspace, 'temp') });
    return startStep(action, host);
  };

  return {
    workspace,
    provider,
    registered,
    serving: async (deployment, change = {}) => {
      const { endpoints } = provider;
      const model = await registered(deployment);
      await endpoints.configure('shop', { auth: { kind: 'none' }, capturePercent: 0, captureLimitBytes: 1e6 });
      await endpoints.deploy({
        endpoint: 'shop',
        deployment,
        model,
        command: [process.execPath, 'serve.cjs'],
        environment: { TAG: deployment },
        autoscaling: { minReplicas: 1, maxReplicas: 1, targetConcurrency: 4 },
        startupTimeoutSeconds: 30,
        requestTimeoutSeconds: 30,
        ...change,
      });
      return (await endpoints.setTraffic('shop', { [deployment]: 100 })).url;
    },
    start,
    run: (inputs) => start(inputs).ended,
    post: async ({ host }) => {
      const again = memoryHost({ inputs: { ...quick }, env, workspace });
      for (const [name, value] of Object.entries(host.stateValues)) again.state.save(name, value);
      await runPost(action as never, again, localEffects());
      return again;
    },
    traffic: async () =>
      Object.fromEntries(
        ((await provider.endpoints.describe('shop'))?.deployments ?? []).map(({ name, traffic }) => [name, traffic]),
      ),
    end: async () => {
      for (const pid of processesBelow(workspace)) process.kill(pid, 'SIGKILL');
      await until(() => processesBelow(workspace).length === 0);
      await rm(workspace, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
