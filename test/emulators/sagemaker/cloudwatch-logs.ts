import { type Moto, signature } from './moto.ts';

/** Where a container's lines go. */
export interface LogStream {
  add(line: string): void;
  /** Resolves once every line is there. */
  end(): Promise<void>;
}

/** How long after its first line a stream appears, and how often lines are sent then, in milliseconds. */
const lateness = 50;
const interval = 40;

/** A log stream that appears some time after its first line, as those of SageMaker appear late. */
export function openStream(moto: Moto, group: string, stream: string): LogStream {
  const waiting: { readonly timestamp: number; readonly message: string }[] = [];
  let isMade = false;
  let sending = Promise.resolve();
  const send = async (): Promise<void> => {
    if (waiting.length === 0) return;
    if (!isMade) {
      await ask(moto, 'CreateLogGroup', { logGroupName: group });
      await ask(moto, 'CreateLogStream', { logGroupName: group, logStreamName: stream });
      isMade = true;
    }
    const logEvents = waiting.splice(0, 10_000);
    await ask(moto, 'PutLogEvents', { logGroupName: group, logStreamName: stream, logEvents });
    await send();
  };
  const flush = (): Promise<void> => {
    sending = sending.then(send);
    return sending;
  };
  let timer: NodeJS.Timeout | undefined;
  return {
    // An event without a message is not one.
    add: (line) => {
      if (line !== '') waiting.push({ timestamp: Date.now(), message: line });
      timer ??= setTimeout(() => {
        void flush();
        timer = setInterval(() => void flush(), interval);
      }, lateness);
    },
    end: async () => {
      clearTimeout(timer);
      clearInterval(timer);
      await flush();
    },
  };
}

async function ask(moto: Moto, operation: string, body: object): Promise<void> {
  const response = await fetch(moto.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `Logs_20140328.${operation}`,
      ...signature('logs'),
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.ok || text.includes('ResourceAlreadyExistsException')) return;
  throw new Error(`${operation}: ${text}`);
}
