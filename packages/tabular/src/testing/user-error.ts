import { expect } from '@jest/globals';
import { UserError } from '@mlops-actions/core';

/** What is said of work that a user's mistake ends. Any other ending fails the test. */
export async function userErrorOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message;
}
