import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

// What the fuzzers share: random numbers that can be had again, and a thread that is watched, so that a run which hangs or crashes is named.

/** Whole numbers below a limit, the same for the same seed (mulberry32). */
export function randomNumbers(seed) {
  let state = (seed * 0x9e3779b1) >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

/**
 * Runs a fuzzer whose module is `url` as the command line says: `--runs` of them (1,000) from number `--first` (1) on. `prepare` returns
 * what does one run by its number and says whether the input could be read. A run may take `mostMs` and the process `mostBytes`; one more
 * ends the process with exit code 1, as an error does. Does nothing where the module is imported, as tests do.
 */
export async function fuzz(url, prepare, { mostMs = 20_000, mostBytes = 1.5 * 2 ** 30 } = {}) {
  if (!isMainThread && workerData?.fuzz !== undefined) await work(await prepare(), workerData.fuzz, mostBytes);
  else if (isMainThread && process.argv[1] === fileURLToPath(url)) watch(url, mostMs);
}

async function work(once, { first, runs }, mostBytes) {
  let read = 0;
  for (let run = first; run < first + runs; run++) {
    parentPort.postMessage({ run });
    if (await once(run)) read++;
    const rss = process.memoryUsage.rss();
    if (rss > mostBytes) throw new Error(`After run ${run} the process has ${rss} bytes.`);
  }
  parentPort.postMessage({ read });
}

function watch(url, mostMs) {
  const first = option('first', 1);
  const runs = option('runs', 1000);
  const worker = new Worker(new URL(url), { workerData: { fuzz: { first, runs } } });
  let current = first;
  let since = Date.now();
  let mostMemory = 0;
  const timer = setInterval(() => {
    mostMemory = Math.max(mostMemory, process.memoryUsage.rss());
    if (Date.now() - since < mostMs) return;
    console.error(`Run ${current} hangs.`);
    process.exit(1);
  }, 500);
  worker.on('message', ({ run, read }) => {
    if (read === undefined) {
      current = run;
      since = Date.now();
    } else {
      const megabytes = Math.round(mostMemory / 2 ** 20);
      console.log(`${runs} inputs: ${read} read, ${runs - read} refused, at most ${megabytes} MiB.`);
    }
  });
  worker.on('error', (error) => {
    console.error(`Run ${current}:`, error);
    process.exitCode = 1;
  });
  worker.on('exit', () => clearInterval(timer));
}

function option(name, otherwise) {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? otherwise : Number(process.argv[at + 1]);
}
