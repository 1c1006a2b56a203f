import { endingOf, UserError } from '@mlops-actions/core';
import { identify } from '@mlops-actions/files';
import { storeAt } from '../store/store.ts';
import { forgetGateway, rememberedPort, writeAddress } from './address.ts';
import { startGateway } from './gateway.ts';
import { lineLog } from './line-log.ts';
import { endOrphans } from './replica-journal.ts';

/** How long a second gateway of a store waits for the first to end before it leaves it alone. */
const patienceMs = 5_000;

/**
 * The gateway process: `<store root> [port]`. Serves the store's endpoints until the last one is removed or it gets SIGTERM or SIGINT,
 * which let requests in flight end. At most one runs per store: it holds the store's lock while it lives.
 */
export async function runGateway(argv: readonly string[]): Promise<void> {
  const [root, port] = argv;
  if (root === undefined) throw new UserError('Write `gateway <store root> [port]`.');
  const store = storeAt(root);
  const log = lineLog(store.path('gateway', 'gateway.log'));
  const say = (line: string): void => log.line(`${new Date().toISOString()} ${line}`);
  const serve = async (): Promise<void> => {
    const orphans = endOrphans(store);
    if (orphans > 0) say(`Ended ${orphans} replicas that a gateway before this one had left.`);
    const preferredPort = await rememberedPort(store);
    const gateway = await startGateway({
      store,
      log: say,
      ...(port === undefined ? {} : { port: Number(port) }),
      ...(preferredPort === undefined ? {} : { preferredPort }),
    });
    const self = identify(process.pid);
    if (self === undefined) throw new Error('This process cannot find itself in the process table.');
    await writeAddress(store, { process: self, port: gateway.port, adminToken: gateway.adminToken });
    say(`Serving on port ${gateway.port}.`);
    say(`Ending: ${await Promise.race([signalled(), gateway.idle.then(() => 'no endpoint is left.')])}`);
    // Callers that look now start another gateway, which waits for this one's lock.
    try {
      await forgetGateway(store, gateway.port);
    } finally {
      await gateway.close();
    }
  };
  try {
    await store.lock('gateway', 'serve', serve, AbortSignal.timeout(patienceMs));
  } catch (error) {
    const ending = endingOf(error);
    say(`Ended: ${'message' in ending ? ending.message : String(error)}`);
    process.exitCode = 1;
  } finally {
    await log.flush();
  }
}

function signalled(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => resolve(signal));
  });
}
