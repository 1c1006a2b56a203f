import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Clock } from '@mlops-actions/core';
import { download, s3Place } from './bucket.ts';
import { type LogStream, openStream } from './cloudwatch-logs.ts';
import { type Container, runContainer } from './container.ts';
import { freePort, type Moto } from './moto.ts';
import type { Body } from './part.ts';

/** The image's program `serve`, as users put it into theirs. */
const serve = fileURLToPath(new URL('../../../action-templates/sagemaker/serve', import.meta.url));

/** One instance of a variant. */
export interface Replica {
  readonly port: number;
  inFlight: number;
  end(): Promise<void>;
}

export interface ReplicaRequest {
  readonly endpoint: string;
  readonly variant: Body;
  readonly model: Body;
  readonly moto: Moto;
  readonly clock: Clock;
}

/** How often a container that ends is started again before its instance is given up. */
const restarts = 2;

/** Starts an instance: fetches the model, runs the container, and resolves once it answers its pings; undefined when it never did. */
export async function startReplica(request: ReplicaRequest, signal: AbortSignal): Promise<Replica | undefined> {
  const { endpoint, variant, model, moto, clock } = request;
  const root = await mkdtemp(join(tmpdir(), 'opt-ml-'));
  const group = `/aws/sagemaker/Endpoints/${endpoint}`;
  const log = openStream(moto, group, `${variant.VariantName}/i-${randomBytes(8).toString('hex')}`);
  await fill(moto, root, model.PrimaryContainer);
  const timeout = variant.ContainerStartupHealthCheckTimeoutInSeconds ?? 600;
  const until = clock.now().getTime() + timeout * 1000;
  for (let attempt = 0; attempt <= restarts && clock.now().getTime() < until && !signal.aborted; attempt++) {
    const port = await freePort();
    const container = start(root, port, model.PrimaryContainer, log);
    if (await answersPings(port, container, until, clock, signal)) {
      return {
        port,
        inFlight: 0,
        end: async () => {
          container.signal('SIGKILL');
          await container.ended;
          await log.end();
          await rm(root, { recursive: true, force: true });
        },
      };
    }
    container.signal('SIGKILL');
    await container.ended;
  }
  await log.end();
  await rm(root, { recursive: true, force: true });
  return undefined;
}

function start(root: string, port: number, { Environment = {} }: Body, log: LogStream): Container {
  return runContainer({
    entrypoint: ['/bin/sh', serve],
    environment: { ...Environment, SAGEMAKER_BIND_TO_PORT: String(port), OPT_ML: root },
    root,
    onLine: log.add,
  });
}

async function fill(moto: Moto, root: string, container: Body): Promise<void> {
  const folder = join(root, 'model');
  await mkdir(folder, { recursive: true });
  if (container.ModelDataUrl !== undefined) {
    const { key } = s3Place(container.ModelDataUrl);
    await download(moto, container.ModelDataUrl, root);
    const archive = join(root, key.slice(key.lastIndexOf('/') + 1));
    await promisify(execFile)('tar', ['-xzf', archive, '-C', folder]);
  }
  for (const { ChannelName, S3DataSource } of container.AdditionalModelDataSources ?? []) {
    await download(moto, S3DataSource.S3Uri, join(root, 'additional-model-data-sources', ChannelName));
  }
}

async function answersPings(
  port: number,
  container: Container,
  until: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  let isOver = false;
  void container.ended.then(() => {
    isOver = true;
  });
  while (!isOver && !signal.aborted && clock.now().getTime() < until) {
    const isReady = await fetch(`http://127.0.0.1:${port}/ping`, { signal: AbortSignal.timeout(2000) }).then(
      (response) => response.status === 200,
      () => false,
    );
    if (isReady) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}
