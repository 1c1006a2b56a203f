import { spawn } from 'node:child_process';

/** The Python with SciPy, scikit-learn and the others of requirements.txt; `npm test` sets it, and says when it cannot. */
export const oraclePython: string | undefined = process.env.MLOPS_ORACLE_PYTHON;

/**
 * Runs Python `source`, which finds `input` (JSON) as `given` and assigns its answer to `answer`. NaN and infinities come back as the texts
 * "nan", "inf" and "-inf" inside objects and lists; `oracleNumber` reads them.
 */
export async function askOracle<T>(source: string, input: unknown): Promise<T> {
  if (oraclePython === undefined) throw new Error('There is no oracle: MLOPS_ORACLE_PYTHON is not set.');
  const child = spawn(oraclePython, ['-W', 'ignore', '-c', program(source)], { stdio: ['pipe', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  child.stdin.end(JSON.stringify(input));
  if ((await ended) !== 0) throw new Error(`The oracle failed:\n${Buffer.concat(errors).toString()}`);
  return JSON.parse(Buffer.concat(output).toString()) as T;
}

/** A number of the oracle's answer. */
export function oracleNumber(value: number | string): number {
  if (typeof value === 'number') return value;
  return value === 'nan' ? Number.NaN : value === 'inf' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
}

function program(source: string): string {
  return `
import json, math, sys
given = json.load(sys.stdin)
${source}
def plain(value):
    if hasattr(value, 'tolist'):
        value = value.tolist()
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return 'nan' if math.isnan(value) else ('inf' if value > 0 else '-inf')
    return value
sys.stdout.write(json.dumps(plain(answer)))
`;
}
