/** Supervises one job: `argv` is the store's root and the job's name. */
export async function supervise(_argv: readonly string[]): Promise<void> {}
