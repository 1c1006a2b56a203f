import { type CaptureOptions, captureFormats, encodeProfile } from '@mlops-actions/tabular';
import type { Context } from '../action.ts';
import { type Check, checkOf, type SideFacts } from './check.ts';
import { decideColumns } from './decide-columns.ts';
import { type Checked, captureLabels, type DriftInputs } from './inputs.ts';
import { driftOverTime } from './over-time.ts';
import { planColumns } from './plan.ts';
import { isRowSignal, type RowFindings, rowSignals } from './rows/row-signals.ts';
import { type BothKnown, type Sides, scanSides } from './scan.ts';
import { type OpenOptions, openSide, type SideName } from './side.ts';

/** A profile that is to be written. */
export interface ProfileFile {
  readonly side: SideName;
  /** As the input names it. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Opens both sides, reads and compares them. Nothing is written. */
export async function checkData(
  inputs: DriftInputs,
  checked: Checked,
  context: Context,
): Promise<{ readonly check: Check; readonly profiles: readonly ProfileFile[] }> {
  const { signal, workingDirectory: folder } = context;
  const { inputColumns, outputColumns, deployment } = inputs;
  const captures: CaptureOptions = {
    ...(inputColumns.length === 0 ? {} : { inputColumns }),
    ...(outputColumns.length === 0 ? {} : { outputColumns }),
    ...(deployment === undefined ? {} : { deployment }),
  };
  const options: OpenOptions = { folder, format: inputs.format, types: checked.types, captures, signal };
  const sides: Sides = {
    reference: await openSide(inputs.reference, { ...options, format: referenceFormat(inputs.format) }),
    current: await openSide(inputs.current, {
      ...options,
      captures: { ...captures, ...windowOf(checked) },
      captureLabels: captureLabels(inputs),
    }),
  };
  const plan = planColumns(sides, inputs, checked);
  const scanContext = {
    log: context.log,
    signal,
    worker: context.scanWorker,
    now: () => context.clock.now().getTime(),
    maxCategories: inputs.maxCategories,
  };
  const { known, warnings } = await scanSides(sides, plan.columns, inputs.mode, scanContext);
  const profiles = profileFiles(known, inputs);
  const decided = await decideColumns(sides, plan, known, inputs.mode, checked, scanContext);
  const factsOf = (name: SideName): SideFacts => ({
    source: sides[name].shown,
    kind: sides[name].kind,
    rows: known[name].rows,
  });
  const check = checkOf({
    sides: { reference: factsOf('reference'), current: factsOf('current') },
    rules: checked.rules,
    mode: inputs.mode,
    asked: checked.signals,
    decided,
    rows: await rowFindings(sides, inputs, checked, options, context),
    warnings,
  });
  const { timestamp } = checked.roles;
  if (timestamp === undefined || check.columns.length === 0) return { check, profiles };
  const rows = { reference: known.reference.rows, current: known.current.rows };
  const { columns, rules } = check;
  const overTime = await driftOverTime({ sides, rows, planned: plan.columns, columns, timestamp, rules, signal });
  return { check: overTime === undefined ? check : { ...check, overTime }, profiles };
}

/** Captures are mostly compared with the data of the training, which are none. */
function referenceFormat(format: string): string {
  return captureFormats.some((each) => each === format) ? 'auto' : format;
}

function windowOf({ from, to }: Checked): CaptureOptions {
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

/** Columns are forgotten when they are compared, so profiles are made before. */
function profileFiles(known: BothKnown, { profileOut, referenceProfileOut }: DriftInputs): ProfileFile[] {
  const asked = [
    ['current', profileOut],
    ['reference', referenceProfileOut],
  ] as const;
  return asked.flatMap(([side, path]) =>
    path === undefined ? [] : [{ side, path, bytes: encodeProfile(known[side].sketch) }],
  );
}

/** Nothing, when only the columns are asked about. */
async function rowFindings(
  { reference, current }: Sides,
  inputs: DriftInputs,
  checked: Checked,
  options: OpenOptions,
  { log }: Context,
): Promise<RowFindings> {
  const asked = checked.signals.filter(isRowSignal);
  if (asked.length === 0) return { results: [], warnings: [] };
  if (reference.kind === 'table' && current.kind === 'table') {
    return rowSignals({ reference, current }, asked, inputs, checked, options);
  }
  const { shown } = reference.kind === 'profile' ? reference : current;
  const reason = `${shown} is a profile, which holds no rows. Give the data.`;
  if (checked.signalsStated) {
    return { results: asked.map((signal) => ({ signal, verdict: 'error', reason })), warnings: [] };
  }
  log.log('info', `Signal ${asked.join(', ')} is left out: ${reason}`);
  return { results: [], warnings: [] };
}
