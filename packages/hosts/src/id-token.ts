import { type Clock, UserError } from '@mlops-actions/core';

const attempts = 5;
const timeoutMilliseconds = 10_000;

/**
 * Asks GitHub for an OpenID Connect token for `audience`, as `@actions/core`'s `getIDToken` does: lost connections, 429 and 5xx are
 * tried again, five times in all. Throws a `UserError` when the job may not ask.
 * https://docs.github.com/actions/reference/security/oidc
 */
export async function requestIdToken(
  env: Readonly<Record<string, string | undefined>>,
  audience: string,
  clock: Clock,
): Promise<string> {
  const address = env.ACTIONS_ID_TOKEN_REQUEST_URL;
  const permit = env.ACTIONS_ID_TOKEN_REQUEST_TOKEN;
  if (!address || !permit) {
    throw new UserError('This job may not ask for an ID token. Add `permissions: id-token: write` to the job.');
  }
  const url = new URL(address);
  url.searchParams.set('audience', audience);
  for (let attempt = 1; ; attempt++) {
    const answer = await ask(url, permit);
    if (answer.token !== undefined) return answer.token;
    if (!answer.again || attempt === attempts) {
      throw new Error(`GitHub gave no ID token for "${audience}": ${answer.reason}.`);
    }
    await clock.sleep(2 ** attempt * 250);
  }
}

type Answer =
  | { readonly token: string }
  | { readonly token?: undefined; readonly reason: string; readonly again: boolean };

async function ask(url: URL, permit: string): Promise<Answer> {
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${permit}`, accept: 'application/json' },
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
    const text = await response.text();
    if (!response.ok) {
      return { reason: `HTTP status ${response.status}`, again: response.status === 429 || response.status >= 500 };
    }
    return tokenIn(text);
  } catch (error) {
    return { reason: (error as Error).message, again: true };
  }
}

function tokenIn(text: string): Answer {
  try {
    const token = (JSON.parse(text) as { value?: unknown } | null)?.value;
    if (typeof token === 'string' && token !== '') return { token };
  } catch {
    // Falls through: text that is not JSON has no token either.
  }
  return { reason: 'the answer has no `value`', again: false };
}
