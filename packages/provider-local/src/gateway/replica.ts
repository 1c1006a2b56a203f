import { type ChildProcess, spawn } from 'node:child_process';
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, type ProcessIdentity } from '@mlops-actions/files';
import type { LineLog } from './line-log.ts';
import { freePort } from './ports.ts';
import { signalGroup } from './process-group.ts';
import type { ReplicaJournal } from './replica-journal.ts';

export interface ReplicaPlan {
  readonly command: readonly string[];
  readonly cwd: string;
  /** The whole environment but for `PORT`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly log: LineLog;
  readonly journal: ReplicaJournal;
}

/** One serving process in its own process group, listening on its own port. */
export interface Replica {
  readonly port: number;
  /** Keeps connections to it open between requests. */
  readonly agent: Agent;
  /** Resolves once the process and its group are gone, with how it ended in words. */
  readonly ended: Promise<string>;
  /** True as soon as the process itself is gone; `ended` comes a little later. */
  readonly isGone: boolean;
  readonly inFlight: number;
  /** Counts one request in until the function that it returns is called. */
  take(): () => void;
  /** Resolves once no request is in flight. */
  idle(): Promise<void>;
  /** Failed pings and timed-out requests since the last answer. */
  failures: number;
  /** SIGTERM to the group, after the grace SIGKILL; resolves once it is gone. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Idle connections are given up after a second, sooner than any common server closes them (uvicorn and Node: 5 s), so that a request
 * does not meet a connection that the replica is just closing.
 */
const idleConnectionMs = 1_000;

export async function startReplica(plan: ReplicaPlan): Promise<Replica> {
  const port = await freePort();
  const [program = '', ...args] = plan.command;
  const child = spawn(program, args, {
    cwd: plan.cwd,
    env: { ...plan.environment, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (identity !== undefined) plan.journal.add(identity);
  plan.log.follow(child.stdout);
  plan.log.follow(child.stderr);
  const agent = new Agent({ keepAlive: true, timeout: idleConnectionMs, scheduling: 'lifo' });
  const ended = untilGone(child, identity, plan.journal).finally(() => agent.destroy());
  let inFlight = 0;
  let waiting: (() => void)[] = [];
  return {
    port,
    agent,
    ended,
    failures: 0,
    get isGone() {
      return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
    },
    get inFlight() {
      return inFlight;
    },
    take: () => {
      inFlight += 1;
      return () => {
        inFlight -= 1;
        if (inFlight > 0) return;
        for (const resume of waiting) resume();
        waiting = [];
      };
    },
    idle: () =>
      new Promise((resolve) => {
        if (inFlight === 0) resolve();
        else waiting.push(resolve);
      }),
    stop: async (graceMs) => {
      if (child.pid === undefined) return;
      if (child.exitCode === null && child.signalCode === null) signalGroup(child.pid, 'SIGTERM');
      const impatience = new AbortController();
      const killer = sleep(graceMs, undefined, { signal: impatience.signal }).then(
        () => signalGroup(child.pid as number, 'SIGKILL'),
        () => {},
      );
      await ended;
      impatience.abort();
      await killer;
    },
  };
}

/** Whether it answers `GET /ping` with 200 within the time. */
export function ping(replica: Pick<Replica, 'port' | 'agent'>, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(
      {
        host: '127.0.0.1',
        port: replica.port,
        path: '/ping',
        agent: replica.agent,
        signal: AbortSignal.timeout(Math.ceil(timeoutMs)),
      },
      (answer) => {
        answer.resume();
        answer.once('error', () => resolve(false));
        answer.once('end', () => resolve(answer.statusCode === 200));
      },
    );
    request.once('error', () => resolve(false));
  });
}

/** What the leader leaves behind in its group is killed: a replica is gone as a whole. Its last output is awaited for a moment. */
function untilGone(
  child: ChildProcess,
  identity: ProcessIdentity | undefined,
  journal: ReplicaJournal,
): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      if (child.pid === undefined) resolve(`could not be started: ${error.message}`);
    });
    child.once('exit', (code, signal) => {
      signalGroup(child.pid as number, 'SIGKILL');
      if (identity !== undefined) journal.remove(identity);
      const words = code === null ? `was ended by ${signal}` : `ended with exit code ${code}`;
      const impatience = setTimeout(() => resolve(words), 500);
      child.once('close', () => {
        clearTimeout(impatience);
        resolve(words);
      });
    });
  });
}
