import { execFile } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** One request and its answer, as the judge reads them. */
export interface JournalEntry {
  /** Where the request does not say it. */
  readonly service?: string;
  readonly op?: string;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>> | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly body_b64: string;
  readonly response?: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
}

/** Every request that an emulator got, in a file of JSON lines. */
export interface Journal {
  readonly file: string;
  add(entry: JournalEntry): Promise<void>;
  remove(): Promise<void>;
}

export async function openJournal(): Promise<Journal> {
  const folder = await mkdtemp(join(tmpdir(), 'journal-'));
  const file = join(folder, 'requests.jsonl');
  await appendFile(file, '');
  return {
    file,
    add: (entry) => appendFile(file, `${JSON.stringify(entry)}\n`),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/**
 * What botocore's models have against the requests and answers in a journal; empty: nothing. Undefined where the judge is not at hand
 * (`npm test` says so).
 */
export async function findings(journal: Journal): Promise<string | undefined> {
  const { MLOPS_TEST_PYTHON: python, MLOPS_AWS_JUDGE: judge } = process.env;
  if (python === undefined || judge === undefined) return undefined;
  return promisify(execFile)(python, [judge, '--responses', '--quiet', journal.file]).then(
    () => '',
    ({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }) => `${stdout}${stderr}`,
  );
}

/** How often each operation was asked for, as `service:Operation`. */
export async function operations(journal: Journal): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const line of (await readFile(journal.file, 'utf8')).split('\n').filter((text) => text !== '')) {
    const name = operationOf(JSON.parse(line) as JournalEntry);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function operationOf({ service, op, method, headers, query }: JournalEntry): string {
  if (service !== undefined) return `${service}:${op}`;
  const [prefix, operation] = (headers['x-amz-target'] ?? '').split('.');
  if (operation !== undefined) return `${services[prefix ?? ''] ?? prefix}:${operation}`;
  if (query !== null && 'list-type' in query) return 's3:ListObjectsV2';
  return `s3:${query?.['x-id'] ?? method}`;
}

const services: Readonly<Record<string, string>> = {
  SageMaker: 'sagemaker',
  Logs_20140328: 'logs',
  GraniteServiceVersion20100801: 'cloudwatch',
  AnyScaleFrontendService: 'application-autoscaling',
};
