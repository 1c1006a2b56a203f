import { UserError } from '@mlops-actions/core';

/** So many are under way at once: enough to be done soon, too few to be a load test. */
const inFlight = 4;

/**
 * Sends `count` requests. What status they are answered with is counted by the target's metrics, and no failure here; one that is not
 * answered does not keep the others from being sent.
 *
 * @throws UserError at the first that says that trying again is no use; and an Error when some were not answered.
 */
export async function sendProbes(count: number, send: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
  let begun = 0;
  let lost = 0;
  let reason = '';
  const sender = async (): Promise<void> => {
    while (begun < count && !signal.aborted) {
      begun++;
      try {
        await send();
      } catch (error) {
        if (error instanceof UserError) {
          begun = count;
          throw error;
        }
        lost++;
        reason = error instanceof Error ? error.message : String(error);
      }
    }
  };
  await Promise.all(Array.from({ length: inFlight }, sender));
  if (lost > 0) throw new Error(`${lost} of ${count} were not answered: ${reason}`);
}
