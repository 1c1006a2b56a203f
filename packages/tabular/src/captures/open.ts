import { type Json, UserError } from '@mlops-actions/core';
import { cellValue } from '../cell.ts';
import { tableFault } from '../fault.ts';
import { isObject } from '../rows/flat.ts';
import { type RowBatch, type RowOptions, type RowSource, rowScanner } from '../rows/scanner.ts';
import type { Scanner } from '../scan.ts';
import { azuremlCalls, type BlobResolver } from './azureml.ts';
import type { Body } from './body.ts';
import { type Call, newIds, newTally, type Tally } from './call.ts';
import { type CallNames, callRows } from './call-rows.ts';
import type { CaptureFormat } from './formats.ts';
import { readLabels } from './labels.ts';
import { type CaptureWindow, capturePath, chosenFiles } from './layout.ts';
import { type CaptureFile, captureLines } from './lines.ts';
import { sagemakerCall } from './sagemaker.ts';

export interface CaptureOptions extends CallNames, CaptureWindow {
  /** Opens bodies that Azure ML keeps in blobs of their own. Default: addresses of Azure storage. */
  readonly resolveBlob?: BlobResolver;
}

/** A capture file and the path that says where it belongs. */
export interface PlacedFile extends CaptureFile {
  readonly path: string;
}

export interface CaptureTable {
  readonly format: CaptureFormat;
  /** How messages name the files together. */
  readonly where: string;
  readonly files: readonly PlacedFile[];
  /** SageMaker ground truth files with labels of the calls. */
  readonly labels?: readonly CaptureFile[];
}

/** The names of columns come from the first calls, of so many rows. */
const sampleRows = 10_000;

/**
 * Opens what an endpoint captured as one table: a row for each row of each request, with the columns of the request, of its answer and of its label
 * (`label`), then what the capture says of the call (`eventId`, `inferenceId`, `inferenceTime`; for Azure ML `correlationid`, `time`). Names that a body
 * does not give are those of `inputColumns` and `outputColumns`, else `input_0`, `output_0` and so on. A call that was captured twice counts
 * once. What is passed over is counted and said in the warnings.
 *
 * Throws a located `UserError` for lines that are no captures, and for files without any row that is wanted.
 */
export async function openCaptures(
  table: CaptureTable,
  captures: CaptureOptions = {},
  options: RowOptions = {},
): Promise<Scanner> {
  const { where, format } = table;
  const { files, warnings } = chosenFiles(where, table.files, captures, format === 'azureml-collector');
  const labelTally = newTally();
  const labels = await readLabels(table.labels ?? [], labelTally, options.signal);
  const rows = callRows(captures);
  const calls = await callReader(format, files, captures);

  function labelsOf({ keys }: Call): Body | undefined {
    const key = keys.find((each) => labels.has(each));
    return key === undefined ? undefined : labels.get(key);
  }

  async function* batches(tally: Tally, signal: AbortSignal | undefined): AsyncGenerator<RowBatch> {
    for await (const call of calls(tally, signal)) {
      const batch = rows.rowsOf(call, labelsOf(call), tally);
      if (batch !== undefined) yield batch;
    }
  }

  const tally = newTally();
  let count = 0;
  for await (const call of calls(tally, options.signal)) {
    count += rows.see(call, labelsOf(call), tally);
    if (count >= sampleRows) break;
  }
  if (count === 0) {
    const [reason = 'Check the folder and the time that is wanted.'] = tally.sentences();
    throw new UserError(`${where}: holds no captured call that can be read as rows. ${reason}`);
  }

  const source: RowSource = {
    label: where,
    read(signal) {
      const counts = newTally();
      return {
        batches: batches(counts, signal),
        warnings: () => [...warnings, ...labelTally.sentences(), ...counts.sentences()],
      };
    },
  };
  return rowScanner(source, options);
}

type CallReader = (tally: Tally, signal: AbortSignal | undefined) => AsyncIterable<Call>;

async function callReader(
  format: CaptureFormat,
  files: readonly PlacedFile[],
  captures: CaptureOptions,
): Promise<CallReader> {
  if (format === 'sagemaker-capture') {
    return (tally, signal) => wantedCalls(sagemakerCalls(files, tally, signal), 'inferenceTime', captures, tally);
  }
  const { inputs, outputs } = await collections(files);
  const resolve = captures.resolveBlob ?? azureBlob;
  return (tally, signal) => wantedCalls(azuremlCalls(inputs, outputs, resolve, tally, signal), 'time', captures, tally);
}

async function* sagemakerCalls(
  files: readonly CaptureFile[],
  tally: Tally,
  signal: AbortSignal | undefined,
): AsyncGenerator<Call> {
  const isNew = newIds();
  for await (const line of captureLines(files, tally, signal)) {
    const call = sagemakerCall(line, tally);
    const id = call.facts.get('eventId');
    if (typeof id === 'string' && !isNew(id, line.file)) tally.add('duplicate', line.file, line.line);
    else yield call;
  }
}

/** The calls of the window; `timeFact` says when each was made. */
async function* wantedCalls(
  calls: AsyncIterable<Call>,
  timeFact: string,
  { from, to }: CaptureWindow,
  tally: Tally,
): AsyncGenerator<Call> {
  for await (const call of calls) {
    if (from !== undefined || to !== undefined) {
      const time = momentOf(call.facts.get(timeFact));
      if (time === undefined) tally.add('timeless', call.file, call.line);
      if (time === undefined || time < (from ?? time) || time >= (to ?? Number.POSITIVE_INFINITY)) continue;
    }
    yield call;
  }
}

function momentOf(text: Json | undefined): number | undefined {
  const moment = text === undefined ? undefined : cellValue('timestamp', text, true);
  return typeof moment === 'number' ? moment : undefined;
}

/** Which files hold what went in, and which what came out: by the name of their collection, else by what their first event says. */
async function collections(files: readonly PlacedFile[]): Promise<{ inputs: PlacedFile[]; outputs: PlacedFile[] }> {
  const inputs: PlacedFile[] = [];
  const outputs: PlacedFile[] = [];
  for (const file of files) {
    const name = capturePath(file.path, true)?.collection ?? (await firstType(file));
    if (isOutputName(name)) outputs.push(file);
    else inputs.push(file);
  }
  return { inputs, outputs };
}

/** A collection of both (`model_inputs_outputs`) counts as inputs: its rows are whole. */
function isOutputName(name: string): boolean {
  return /output|response|prediction/i.test(name) && !/input|request/i.test(name);
}

async function firstType(file: CaptureFile): Promise<string> {
  for await (const { value } of captureLines([file], newTally(), undefined)) {
    return isObject(value) && typeof value.type === 'string' ? value.type : '';
  }
  return '';
}

/** A line of a file may name any address; only those of Azure's storage are asked. */
const azureStorage = /^[a-z0-9-]+\.(?:blob|dfs)\.core\.(?:windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)$/;

async function azureBlob(url: string) {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address?.protocol !== 'https:' || !azureStorage.test(address.hostname)) {
    throw tableFault({ file: url.slice(0, 200) }, 'is no https address of Azure storage.');
  }
  const { httpSource } = await import('../sources/http.ts');
  return httpSource(url);
}
