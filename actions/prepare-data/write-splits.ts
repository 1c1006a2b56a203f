import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '@mlops-actions/core';
import { type Batch, groupSplit, type SplitAssigner, stratifiedSplit } from '@mlops-actions/tabular';
import type { Share, TablePlan } from './plan.ts';
import { type DataFile, type DataFiles, type Inspection, readDataFile, rowKey } from './tables.ts';

/** Decides how many rows each split gets. Throws a `UserError` when one would get none, or a file is no table. */
export function planSplit(data: DataFiles, plan: TablePlan, { keys, profile }: Inspection): SplitAssigner {
  const other = data.files.find((file) => file.format === undefined);
  if (other !== undefined) {
    throw new UserError(`${other.label} is not a table, so \`split\` cannot split it. Take it out of the data.`);
  }
  const assigner = plan.by?.kind === 'group' ? groupSplit : stratifiedSplit;
  const fractions = plan.shares.map(({ fraction }) => fraction);
  const split = assigner(keys, fractions, plan.seed);
  const empty = plan.shares.find((_, index) => split.sizes[index] === 0);
  if (empty === undefined) return split;
  const what = plan.by?.kind === 'group' ? `${keys.size} groups are` : `${profile.rows} rows are`;
  throw new UserError(`The split "${empty.name}" would be empty: ${what} too few for a share of ${empty.fraction}.`);
}

/**
 * Writes each split as a folder of its name in `into`, in it files of the data's names (without `.gz`), the header first, the rows with
 * the very bytes and in the order of the source.
 */
export async function writeSplits(
  data: DataFiles,
  plan: TablePlan,
  split: SplitAssigner,
  into: string,
  signal: AbortSignal,
): Promise<void> {
  for (const file of data.files) await splitFile(file, plan, split, into, signal);
}

async function splitFile(file: DataFile, plan: TablePlan, split: SplitAssigner, into: string, signal: AbortSignal) {
  const parts = new Map<Share, FileHandle>();
  try {
    for await (const batch of readDataFile(file, signal)) {
      const rows = rowsBySplit(batch, plan, split, file);
      for (const [index, share] of plan.shares.entries()) {
        const bytes = rows[index] ?? [];
        if (bytes.length === 0) continue;
        let part = parts.get(share);
        if (part === undefined) {
          part = await createPart(join(into, share.name, file.name.replace(/\.gz$/i, '')));
          parts.set(share, part);
          bytes.unshift(...ended(batch.header));
        }
        await part.writeFile(Buffer.concat(bytes));
      }
    }
  } finally {
    await Promise.all([...parts.values()].map((part) => part.close()));
  }
}

function rowsBySplit(batch: Batch, plan: TablePlan, split: SplitAssigner, file: DataFile): Buffer[][] {
  const keyOf = rowKey(batch, plan.by);
  const rows: Buffer[][] = plan.shares.map(() => []);
  batch.rows.forEach(({ bytes }, index) => {
    rows[assigned(split, keyOf(index), file)]?.push(...ended(bytes));
  });
  return rows;
}

function assigned(split: SplitAssigner, key: string, file: DataFile): number {
  try {
    return split.assign(key);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UserError(`${file.label} changed while it was read. Run the step again when nothing writes to it.`);
  }
}

const lineEnd = Buffer.from('\n');

/** Bytes with a line end after them; the last row of a file may have none. */
function ended(bytes: Buffer): Buffer[] {
  if (bytes.length === 0) return [];
  return bytes[bytes.length - 1] === 10 ? [bytes] : [bytes, lineEnd];
}

async function createPart(path: string): Promise<FileHandle> {
  await mkdir(dirname(path), { recursive: true });
  return open(path, 'wx');
}
