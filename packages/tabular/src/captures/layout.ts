import { UserError } from '@mlops-actions/core';

/** What the path of a capture file says: `…/{endpoint}/{deployment}/[{collection}/]yyyy/mm/dd/hh/{file}`. */
export interface CapturePath {
  readonly endpoint: string;
  /** SageMaker's variant, Azure's deployment. */
  readonly deployment: string;
  readonly collection?: string;
  /** When the hour of its folder begins, in milliseconds since 1970. */
  readonly hour: number;
}

const hourMs = 3_600_000;
/** A file may hold calls of the hours before its folder's, as they are delivered late, and, as clocks differ, of the one after. */
const lateMs = 24 * hourMs;
const skewMs = hourMs;

export function capturePath(path: string, withCollection: boolean): CapturePath | undefined {
  const found = /(?:^|\/)([^/]+)\/([^/]+)\/(\d{4})\/(\d\d)\/(\d\d)\/(\d\d)\/[^/]+$/.exec(path.replaceAll('\\', '/'));
  if (found === null) return undefined;
  const [, outer = '', inner = '', year, month, day, hour] = found;
  const moment = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour));
  if (!withCollection) return { endpoint: outer, deployment: inner, hour: moment };
  const endpoint = path.slice(0, found.index).replaceAll('\\', '/').split('/').at(-1) ?? '';
  return { endpoint, deployment: outer, collection: inner, hour: moment };
}

/** Which calls are wanted. */
export interface CaptureWindow {
  /** The SageMaker variant or Azure ML deployment. */
  readonly deployment?: string;
  /** From this moment on, and before that one, in milliseconds since 1970. */
  readonly from?: number;
  readonly to?: number;
}

export interface ChosenFiles<File> {
  readonly files: readonly File[];
  readonly warnings: readonly string[];
}

/**
 * The files that may hold wanted calls, by their paths. Throws a `UserError` where the deployment that is wanted is not there, or the paths do not say
 * which it is.
 */
export function chosenFiles<File extends { readonly path: string }>(
  where: string,
  all: readonly File[],
  { deployment, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }: CaptureWindow,
  withCollection: boolean,
): ChosenFiles<File> {
  const found = all.map((file) => ({ file, at: capturePath(file.path, withCollection) }));
  const deployments = [...new Set(found.flatMap(({ at }) => (at === undefined ? [] : [at.deployment])))].sort();
  if (deployment !== undefined && !deployments.includes(deployment)) {
    throw new UserError(
      deployments.length === 0
        ? `${where}: the paths do not say which deployment a file is of (…/endpoint/deployment/yyyy/mm/dd/hh/file.jsonl). Name the folder of ${JSON.stringify(deployment)} instead.`
        : `${where}: has no captures of ${JSON.stringify(deployment)}. It has those of ${listed(deployments)}.`,
    );
  }
  const files = found
    .filter(({ at }) => deployment === undefined || at?.deployment === deployment)
    .filter(({ at }) => at === undefined || (at.hour + hourMs + skewMs > from && at.hour - lateMs < to))
    .map(({ file }) => file);
  const endpoints = [...new Set(found.flatMap(({ at }) => (at === undefined ? [] : [at.endpoint])))].sort();
  const warnings: string[] = [];
  if (endpoints.length > 1) warnings.push(`${where}: calls of the endpoints ${listed(endpoints)} are read together.`);
  if (deployment === undefined && deployments.length > 1) {
    warnings.push(
      `${where}: calls of the deployments ${listed(deployments)} are read together. Name one to read it alone.`,
    );
  }
  return { files, warnings };
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => JSON.stringify(name));
  return `${shown.join(', ')}${names.length > 10 ? ' and more' : ''}`;
}
