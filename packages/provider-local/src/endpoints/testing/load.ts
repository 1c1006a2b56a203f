import { Agent, request } from 'node:http';

/** Constant load: so many callers, each with a connection of its own, each asking again as soon as it is answered. */
export interface Load {
  /** Resolves once so many more requests were answered. */
  answers(count: number): Promise<void>;
  /** Lets the requests in flight end; how often each came: a deployment that answered with 200, another status, or the code of an error. */
  end(): Promise<Readonly<Record<string, number>>>;
}

export function loadOn(url: string, callers: number): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  const counts: Record<string, number> = {};
  let waiting: { left: number; readonly resume: () => void }[] = [];
  let isOver = false;

  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
    for (const wait of waiting) {
      wait.left -= 1;
      if (wait.left === 0) wait.resume();
    }
    waiting = waiting.filter(({ left }) => left > 0);
  };
  const caller = async (): Promise<void> => {
    while (!isOver) count(await ask(url, agent));
  };
  const all = Promise.all(Array.from({ length: callers }, caller));

  return {
    answers: (left) => new Promise((resume) => waiting.push({ left, resume: () => resume() })),
    end: async () => {
      isOver = true;
      await all;
      agent.destroy();
      return counts;
    },
  };
}

function ask(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve) => {
    const outgoing = request(url, { method: 'POST', agent, headers: { 'content-type': 'application/json' } });
    outgoing.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    outgoing.once('response', (answer) => {
      answer.resume();
      answer.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      answer.once('end', () =>
        resolve(answer.statusCode === 200 ? String(answer.headers['x-mlops-deployment']) : String(answer.statusCode)),
      );
    });
    outgoing.end('{}');
  });
}
