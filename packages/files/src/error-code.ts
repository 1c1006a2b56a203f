/** The code of a system error (`ENOENT`, `EACCES` …); undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}
