// What the fuzzers of tables share: how they read, and what must hold of any batch.

const types = ['number', 'timestamp', 'category'];
const lengths = [1, 7, 100, 4096];

/** Whether `work` ends well; throws what it throws, unless that is a `UserError`. */
export async function readable(work) {
  try {
    await work();
    return true;
  } catch (error) {
    if (error?.name !== 'UserError') throw error;
    return false;
  }
}

/** One of the types that a column can be read as. */
export function anyType(random) {
  return types[random(types.length)];
}

/**
 * The names and cells of all columns of a stream that comes in chunks of any length, `tabular` being what reads: `openTable` and
 * `streamSource`. Columns are read as `type`, or as what they seem to be; only those that are categories have cells here, as texts.
 */
export async function scanned({ openTable, streamSource }, bytes, random, options, type) {
  const chunkLength = lengths[random(lengths.length)];
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunkLength) yield bytes.subarray(at, at + chunkLength);
  }
  const scanner = await openTable(streamSource(chunks(), 'data'), { ...options, chunkBytes: 1 + random(300) });
  const columns = scanner.columns.map(() => []);
  const wanted = scanner.columns.map((column) => ({ name: column.name, type: type ?? column.type }));
  await scanner.scan(wanted, {
    rowsWanted: true,
    numbers: (_, batch) => requireCountedGaps(batch),
    codes: (column, { codes, text }) =>
      columns[column].push(...Array.from(codes, (code) => (code ? text(code) : null))),
  });
  return wanted.map(({ name }, index) => [name, columns[index]]);
}

/** Throws unless each cell of a batch that is no number is counted as such. */
export function requireCountedGaps({ values, nulls, nans, mistyped }) {
  const found = values.reduce((sum, value) => sum + Number(Number.isNaN(value)), 0);
  if (found !== nulls + nans + mistyped) throw new Error(`${found} NaNs: ${nulls}, ${nans}, ${mistyped}`);
}

/** Throws unless each code of a batch has a text. */
export function requireTexts({ codes, text }) {
  for (const code of codes) if (code !== 0 && typeof text(code) !== 'string') throw new Error(`Code ${code}`);
}
