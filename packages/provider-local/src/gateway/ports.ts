import { createServer } from 'node:net';

/** Below the ports that Linux and macOS hand out to outgoing connections, so that none of those is in a replica's way. */
const firstPort = 20_000;
const portCount = 10_000;

const lately = new Set<number>();

/** A port on loopback that nobody listens on and that was not handed out in the last 20 calls. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = firstPort + Math.floor(Math.random() * portCount);
    if (lately.has(port) || !(await isFree(port))) continue;
    lately.add(port);
    if (lately.size > 20) lately.delete(lately.values().next().value ?? port);
    return port;
  }
  throw new Error(`No free port was found between ${firstPort} and ${firstPort + portCount} on 127.0.0.1.`);
}

/** Whether a program could listen on the port of loopback now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ host: '127.0.0.1', port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
