/** Callers of the endpoint while the demo rolls something out. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Asks `url` so many times a second until it is ended; then tells how often each status came, and an error by its code. */
export function startLoad(url, body, perSecond) {
  const ended = new AbortController();
  const answers = {};
  const asking = new Set();
  const ask = async () => {
    const status = await fetch(url, { method: 'POST', headers: { 'content-type': 'text/csv' }, body }).then(
      async (answer) => {
        await answer.arrayBuffer();
        return answer.status;
      },
      (error) => error.cause?.code ?? error.message,
    );
    answers[status] = (answers[status] ?? 0) + 1;
  };
  const running = (async () => {
    while (!ended.signal.aborted) {
      const one = ask().finally(() => asking.delete(one));
      asking.add(one);
      await sleep(1000 / perSecond, undefined, { signal: ended.signal }).catch(() => {});
    }
  })();
  return {
    end: async () => {
      ended.abort();
      await running;
      await Promise.all(asking);
      return answers;
    },
  };
}
