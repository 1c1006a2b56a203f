import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '@mlops-actions/core';
import { type Alarms, alarms } from './alarms.ts';
import { AwsError } from './aws-error.ts';
import { type CloudWatch, cloudwatch } from './cloudwatch.ts';
import { dashboards } from './dashboards.ts';
import { type Endpoints, endpoints } from './endpoints.ts';
import { dueFault, type Fault, type Interruption, refusal } from './faults.ts';
import { hostingModels } from './hosting-models.ts';
import { invoke } from './invocations.ts';
import { type Journal, type JournalEntry, openJournal } from './journal.ts';
import { modelPackages } from './model-packages.ts';
import { type Moto, signature, startMoto } from './moto.ts';
import { type Body, type Handlers, type Part, region } from './part.ts';
import { type Scaling, scaling } from './scaling.ts';
import { trainingJobs } from './training-jobs.ts';

/**
 * SageMaker on a port of this machine, beside S3 and CloudWatch Logs, which are moto's: what clients reach by `AWS_ENDPOINT_URL`. Training
 * jobs run their command as a child process whose `/opt/ml` is a folder of this machine.
 */
export interface Emulator {
  readonly url: string;
  readonly journal: Journal;
  /** Faults to come; a test adds to them. */
  readonly faults: Fault[];
  /** What happens between two requests to come; a test adds to them. */
  readonly interruptions: Interruption[];
  /** What goes wrong with figures. */
  readonly metrics: CloudWatch['state'];
  /** Adds a value to a metric now: those of the machines, which the emulator has none of. */
  readonly putMetric: CloudWatch['put'];
  /** The names of all endpoints, endpoint configurations and models. */
  hosted(): string[];
  /** The state of CloudWatch's alarm; undefined when there is none of that name. */
  alarm: Alarms['state'];
  /** The body of CloudWatch's dashboard; undefined when there is none of that name. */
  dashboard(name: string): Body | undefined;
  /** What Application Auto Scaling is to scale, as it was asked for. */
  scaled: Scaling['targets'];
  /** The names of the training jobs that are not over. */
  runningJobs(): string[];
  /** The next spot job loses its machine once while it trains. */
  interruptNext(): void;
  /** What goes wrong with the updates of endpoints. */
  readonly troubles: Endpoints['troubles'];
  /** As a new account is: nothing runs, and nothing is there but one empty bucket, whose name is returned. */
  reset(): Promise<string>;
  end(): Promise<void>;
}

/** `clock` is the one by which endpoints come and go and are measured. */
export async function startEmulator(clock: Clock = systemClock): Promise<Emulator> {
  const moto = await startMoto();
  const journal = await openJournal();
  const faults: Fault[] = [];
  const interruptions: Interruption[] = [];
  const models = hostingModels(clock);
  const metrics = cloudwatch(clock);
  const watching = alarms(clock, metrics);
  const jobs = trainingJobs(moto);
  const scaler = scaling(clock, (name) => hosting.endpoint(name));
  const hosting: Endpoints = endpoints(moto, clock, models, { alarms: watching, scaling: scaler });
  // Endpoints end before what they are made of is forgotten.
  const pages = dashboards();
  const parts: Part[] = [hosting, models, metrics, watching, pages, scaler, jobs, modelPackages()];
  const handlers: Handlers = Object.assign({}, ...parts.map((part) => part.handlers));
  const server = createServer((request, response) => {
    void answer(request, response, { moto, journal, faults, interruptions, handlers, hosting, metrics }).catch(
      (error: unknown) => {
        response.destroy(error as Error);
      },
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    journal,
    faults,
    interruptions,
    hosted: () => [...hosting.names(), ...models.names()],
    alarm: watching.state,
    dashboard: pages.body,
    scaled: scaler.targets,
    troubles: hosting.troubles,
    metrics: metrics.state,
    putMetric: metrics.put,
    runningJobs: jobs.running,
    interruptNext: jobs.interruptNext,
    reset: async () => {
      for (const part of parts) await part.reset();
      faults.length = 0;
      interruptions.length = 0;
      await fetch(`${moto.url}/moto-api/reset`, { method: 'POST' });
      const bucket = 'mlops-artifacts';
      const body = `<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;
      const made = await fetch(`${moto.url}/${bucket}`, { method: 'PUT', headers: signature('s3'), body });
      if (!made.ok) throw new Error(`moto made no bucket: ${await made.text()}`);
      return bucket;
    },
    end: async () => {
      for (const part of parts) await part.reset();
      server.closeAllConnections();
      server.close();
      await moto.end();
      await journal.remove();
    },
  };
}

interface Rooms {
  readonly moto: Moto;
  readonly journal: Journal;
  readonly faults: readonly Fault[];
  readonly interruptions: Interruption[];
  readonly handlers: Handlers;
  readonly hosting: Endpoints;
  readonly metrics: CloudWatch;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What a request asks for, and whom. */
interface Asked {
  readonly service: string;
  readonly operation: string;
  /** The endpoint of an invocation. */
  readonly endpoint?: string;
}

async function answer(request: IncomingMessage, response: ServerResponse, rooms: Rooms): Promise<void> {
  const body = Buffer.concat(await request.toArray());
  const url = new URL(request.url ?? '/', 'http://localhost');
  const asked = askedOf(request, url, body);
  for (const interruption of rooms.interruptions.splice(0)) {
    if (interruption.after === 0) interruption.act();
    else rooms.interruptions.push({ ...interruption, after: interruption.after - 1 });
  }
  const fault = dueFault(rooms.faults, asked.operation);
  const refused = fault && refusal(fault);
  const isXml = asked.service === 's3' || asked.service === 'sts';
  const found = refused === undefined ? await served(asked, request, body, rooms) : errorAnswer(refused, isXml);
  const isOwn = own.includes(asked.service) || asked.service === 'Logs_20140328';
  await rooms.journal.add({
    ...(request.headers['x-amz-target'] === undefined && asked.service !== 's3'
      ? { service: asked.service, op: asked.operation }
      : {}),
    method: request.method ?? '',
    path: url.pathname,
    query: url.search === '' ? null : Object.fromEntries(url.searchParams),
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    body_b64: body.toString('base64'),
    // What a model answers, and what lies in S3, is no shape of AWS's.
    ...(isOwn ? { response: recorded(found) } : {}),
  });
  if (fault?.kind === 'lost') return void response.destroy();
  const { status, headers, body: content } = fault?.kind === 'failed' ? errorAnswer(failure, isXml) : found;
  response.writeHead(status, headers);
  response.end(request.method === 'HEAD' ? undefined : content);
}

const failure = new AwsError('InternalFailure', 'The request failed inside of the service.', 500);

function askedOf(request: IncomingMessage, url: URL, body: Buffer): Asked {
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') {
    const [service = '', operation = ''] = target.split('.');
    return { service, operation };
  }
  const endpoint = /^\/endpoints\/([^/]+)\/invocations$/.exec(url.pathname)?.[1];
  if (endpoint !== undefined) return { service: 'sagemaker-runtime', operation: 'InvokeEndpoint', endpoint };
  const action = new URLSearchParams(isForm(request) ? body.toString('utf8') : '').get('Action');
  return action === null
    ? { service: 's3', operation: s3Operation(request, url) }
    : { service: 'sts', operation: action };
}

function isForm(request: IncomingMessage): boolean {
  return (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
}

async function served(asked: Asked, request: IncomingMessage, body: Buffer, rooms: Rooms): Promise<Answer> {
  const { service, operation, endpoint } = asked;
  if (endpoint !== undefined) {
    return invoke({ name: endpoint, headers: request.headers, body }, rooms.hosting, rooms.metrics);
  }
  if (own.includes(service)) return handled(rooms.handlers, service, operation, body);
  const isConditional = request.headers['if-none-match'] !== undefined || request.headers['if-match'] !== undefined;
  const pass = (): Promise<Answer> => passedOn(rooms.moto, request, body);
  return isConditional ? inTurn(pass) : pass();
}

function recorded({ status, headers, body }: Answer): NonNullable<JournalEntry['response']> {
  return { status, headers, body: Buffer.from(body).toString('utf8') };
}

function s3Operation(request: IncomingMessage, url: URL): string {
  return url.searchParams.get('x-id') ?? (url.searchParams.has('list-type') ? 'ListObjectsV2' : (request.method ?? ''));
}

/** Services that the emulator is itself, by the prefix of their operations. */
const own = ['SageMaker', 'GraniteServiceVersion20100801', 'AnyScaleFrontendService'];

async function handled(handlers: Handlers, service: string, operation: string, body: Buffer): Promise<Answer> {
  const handler = handlers[operation];
  try {
    if (handler === undefined)
      throw new AwsError('UnknownOperationException', `The emulator has no ${operation}.`, 404);
    const answer = (await handler(JSON.parse(body.toString('utf8')))) ?? {};
    return jsonAnswer(200, answer, service.startsWith('Granite') ? '1.0' : '1.1');
  } catch (error) {
    return errorAnswer(error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), 500), false);
  }
}

function jsonAnswer(status: number, value: object, version = '1.1'): Answer {
  return {
    status,
    headers: { 'content-type': `application/x-amz-json-${version}` },
    body: Buffer.from(JSON.stringify(value)),
  };
}

function errorAnswer({ type, message, status }: AwsError, isXml: boolean): Answer {
  if (!isXml) return jsonAnswer(status, { __type: type, message });
  const code = type === 'ThrottlingException' ? 'SlowDown' : type.replace(/Exception$/, '');
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>1</RequestId></Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body: Buffer.from(xml) };
}

/** Headers of one connection, which say nothing of the request. */
const ofConnection = ['connection', 'transfer-encoding', 'keep-alive', 'expect', 'host', 'content-length'];

/** Conditional writes one after another: they are atomic in S3, and moto looks first and writes then. */
let writing: Promise<unknown> = Promise.resolve();

function inTurn<T>(body: () => Promise<T>): Promise<T> {
  const turn = writing.then(body, body);
  writing = turn.catch(() => undefined);
  return turn;
}

async function passedOn(moto: Moto, request: IncomingMessage, body: Buffer): Promise<Answer> {
  const headers = Object.entries(request.headers).filter(([name]) => !ofConnection.includes(name));
  const response = await fetch(`${moto.url}${request.url}`, {
    method: request.method ?? 'GET',
    headers: headers.map(([name, value]): [string, string] => [name, String(value)]),
    ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
  });
  const kept = [...response.headers].filter(([name]) => !ofConnection.includes(name) && name !== 'content-encoding');
  return {
    status: response.status,
    headers: Object.fromEntries(kept),
    body: new Uint8Array(await response.arrayBuffer()),
  };
}
