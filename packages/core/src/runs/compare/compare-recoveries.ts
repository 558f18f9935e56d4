import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { isRecoveryError, RecoveryError } from '../../model/errors/recovery-error.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import { inspectWorker } from '../../evidence/inputs/inspect-worker.js';
import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import { orderMayMatter } from '../../evidence/order/order-may-matter.js';
import { targetOnLog } from '../../evidence/stop-position/target-on-log.js';
import { openWorker } from '../../sources/reference-tables/open-worker.js';
import type { Worker } from '../../worker/worker.js';
import { independentKeys } from '../corrections/corrections-of-run.js';
import type { ExportFormat } from '../export/write-export.js';
import { writeExport } from '../export/write-export.js';
import { openRunCatalogue, type RunCatalogue } from '../sqlite/run-catalogue.js';
import { KeyComparison } from './compare-keys.js';
import type { ComparedKey, ComparedSide } from './compared-key.js';
import type { Comparison, ComparisonReference, RefusedStrategy } from './comparison.js';
import { comparisonTable } from './comparison-table.js';
import { keepComparison } from './keep-comparison.js';
import { readHeldOut } from './keep-held-out.js';
import { openLiveSide, openRunSide, openTruthSide, type OpenSide, type SideInputs, type Truth } from './open-sides.js';
import { refuseIfStopped } from './order-rows.js';
import { openOrderedTexts } from './ordered-texts.js';
import { stretchOfAll } from './output-stretch.js';
import { selectRuns, type SelectedRun } from './select-runs.js';
import { summariseSide } from './summarise-side.js';

/** What to compare, and with what. */
export interface ComparisonRequest {
  /** Ids of runs; all of the store where absent. The live state stands beside them where the incident names one. */
  readonly runs?: readonly string[];
  /** What they are held against; nothing where absent. Neither a run nor the live state is compared with itself. */
  readonly against?: { readonly truth: Truth } | { readonly run: string } | 'live';
  /** Strategies that could do nothing, to stand in the comparison with their reasons. */
  readonly refused?: readonly RefusedStrategy[];
  /** A new file for a row of each key and recovery. */
  readonly into?: { readonly file: string; readonly format: ExportFormat };
  /** Called for each of these rows. */
  readonly visit?: (row: ComparedKey) => void;
}

/** A comparison, and how many rows were written where they were asked for. */
export interface MadeComparison {
  readonly comparison: Comparison;
  readonly rows: number;
}

const keysPerTurn = 20_000;

/**
 * Compares runs of one incident, and what stands if nothing is done, key by key and in sum; with a reference, says of every value
 * whether it is what the reference has. Reads everything once and writes nothing but the comparison itself, which the store keeps.
 * Memory does not follow the number of keys.
 * @throws RecoveryError what `selectRuns` throws; `invalid-argument` where the reference is one of the runs that are named;
 *   `not-comparable` where reference and runs are not of the same moment, or have no key in common scope; `invalid-snapshot` and
 *   `invalid-field` for a truth that cannot be read; `unusable-normalise`; `interrupted`; what `writeExport` throws
 */
export async function compareRecoveries(
  inputs: RecoveryInputs,
  request: ComparisonRequest = {},
  work: LongWork = {},
): Promise<MadeComparison> {
  const { worker, hash } = await inspectWorker(inputs);
  const catalogue = openRunCatalogue(inputs.store);
  const { against } = request;
  const referenceRun = typeof against === 'object' && 'run' in against ? against.run : null;
  if (referenceRun !== null && request.runs?.includes(referenceRun) === true) throw againstItself(referenceRun);
  const wanted = { store: inputs.store, incident: inputs.incident.name, workerHash: hash };
  const named = request.runs === undefined ? null : [...request.runs, ...(referenceRun === null ? [] : [referenceRun])];
  const { runs: selected, leftOut } = selectRuns(catalogue, { ...wanted, named });
  const reference = selected.find(({ report }) => report.runId === referenceRun) ?? null;
  if (referenceRun !== null && reference === null) throw notAmongRuns(catalogue, wanted, referenceRun);
  const runs = selected.filter((run) => run !== reference);
  const instance = await openWorker(inputs.worker, inputs.references);
  const opened: { close(): void }[] = [];
  const newTexts = () => {
    const texts = openOrderedTexts(join(inputs.store, 'scratch'));
    opened.push(texts);
    return texts;
  };
  try {
    const sideInputs: SideInputs = {
      ...{ inputs, catalogue, worker, newTexts, opened, signal: work.signal },
      stretch: stretchOfAll(selected.map(({ plan }) => plan)),
    };
    if (runs.length === 0 && inputs.live === null) throw nothingBeside(referenceRun);
    const compared = await openAll(sideInputs, runs, reference, against, selected[0] as SelectedRun);
    const scope = sharedScope(selected);
    const found = new KeyComparison(
      compared.sides.map(({ side }) => side),
      compared.reference,
      instance,
      scope === null ? undefined : (key) => scope.has(key),
    );
    opened.unshift(found);
    const rows = await readRows(found, request, work);
    const summary = summarise(found, compared, selected, worker, scope?.size ?? null, request, inputs, leftOut);
    const heldOut = readHeldOut(inputs.store, { incident: inputs.incident.digest, workerHash: hash });
    const comparison: Comparison = {
      ...summary,
      worker: { ...summary.worker, hash },
      ...(heldOut !== null && { heldOut }),
    };
    keepComparison(inputs.store, comparison);
    return { comparison, rows };
  } finally {
    for (const one of opened) one.close();
    await instance.close();
  }
}

interface AllSides {
  readonly sides: readonly OpenSide[];
  readonly reference: ComparedSide | null;
  readonly described: ComparisonReference;
}

async function openAll(
  inputs: SideInputs,
  runs: readonly SelectedRun[],
  referenceRun: SelectedRun | null,
  against: ComparisonRequest['against'],
  any: SelectedRun,
): Promise<AllSides> {
  const live = await openLiveSide(inputs, any);
  const truth =
    typeof against === 'object' && 'truth' in against ? await openTruthSide(inputs, against.truth, any) : null;
  const by = truth === null ? (referenceRun === null ? null : 'event') : truth.by;
  const ofRuns = runs.map((run) => openRunSide(inputs, run, by));
  if (truth !== null || referenceRun !== null || against === undefined) {
    const isDetermined = live === null ? undefined : await determinedKeys(inputs, any);
    const beside = live === null ? [] : [{ ...live, side: withDoubt(live.side, isDetermined) }];
    const sides = [...ofRuns, ...beside];
    if (truth !== null) return { sides, reference: truth.side, described: truth.reference };
    if (referenceRun === null) return { sides, reference: null, described: { kind: 'none' } };
    const { runId, strategy } = referenceRun.report;
    const { side } = openRunSide(inputs, referenceRun, by);
    return { sides, reference: side, described: { kind: 'run', runId, strategy } };
  }
  if (live === null || !live.side.isComparable) throw noLive(live);
  const isDetermined = await determinedKeys(inputs, any);
  return {
    sides: ofRuns.map((one) => ({ ...one, side: withDoubt(one.side, isDetermined) })),
    reference: live.side,
    described: {
      kind: 'live',
      location: live.described.subject.kind === 'live' ? live.described.subject.location : '',
    },
  };
}

function withDoubt(side: ComparedSide, isDetermined: ComparedSide['isDetermined']): ComparedSide {
  return isDetermined === undefined ? side : { ...side, isDetermined };
}

/**
 * For which keys a difference to the live state is none of the order in which the service came to its partitions; undefined for all.
 * Where the log cannot tell, for none.
 */
async function determinedKeys(
  { inputs, worker }: SideInputs,
  { plan, report }: SelectedRun,
): Promise<ComparedSide['isDetermined']> {
  // What the incident says of the order goes before how one of the runs was planned; in one partition there is one order.
  const isOrdered = targetOnLog(plan).length === 1 || !orderMayMatter(inputs.order, worker.locality ?? 'global');
  if (isOrdered) return undefined;
  try {
    const independent = await independentKeys(inputs, worker, plan, report);
    return (key) => independent?.has(key) ?? false;
  } catch (error) {
    if (!isRecoveryError(error)) throw error;
    return () => false;
  }
}

/** Keys that all of them are about; null where each is about all keys. @throws RecoveryError `not-comparable` for none */
function sharedScope(runs: readonly SelectedRun[]): ReadonlySet<string> | null {
  const scopes = runs.flatMap(({ plan }) => (plan.scope === undefined ? [] : [new Set(plan.scope.keys)]));
  const [first, ...others] = scopes;
  if (first === undefined) return null;
  const shared = new Set([...first].filter((key) => others.every((scope) => scope.has(key))));
  if (shared.size > 0) return shared;
  throw new RecoveryError('not-comparable', 'the runs are limited to keys of which none is in all of them', {
    hint: 'compare runs with keys in common, or recover all keys',
  });
}

/** Goes over all rows, into a file where one is wanted. */
async function readRows(found: KeyComparison, { into, visit }: ComparisonRequest, work: LongWork): Promise<number> {
  if (into !== undefined) {
    const rows = visit === undefined ? found.rows() : visited(found.rows(), visit);
    return (await writeExport({ table: comparisonTable, rows, ...into }, work)).rows;
  }
  for (let done = 1; found.next(visit ?? null); done++) {
    if (done % keysPerTurn !== 0) continue;
    work.onProgress?.({ phase: 'compare', done, total: 0, quarantined: 0 });
    await setImmediate();
    refuseIfStopped(work.signal);
  }
  return 0;
}

function* visited(rows: Iterable<ComparedKey>, visit: (row: ComparedKey) => void): Iterable<ComparedKey> {
  for (const row of rows) {
    visit(row);
    yield row;
  }
}

function summarise(
  found: KeyComparison,
  { sides, reference, described }: AllSides,
  selected: readonly SelectedRun[],
  worker: Worker,
  limitedTo: number | null,
  { refused = [] }: ComparisonRequest,
  { incident: { name, digest } }: RecoveryInputs,
  leftOut: Comparison['leftOut'],
): Comparison {
  const measures = Object.keys(worker.measures ?? {});
  const target = targetOnLog((selected[0] as SelectedRun).plan);
  return {
    format_version: 1,
    incident: { name, digest },
    worker: { name: worker.name, version: worker.version },
    reference: described,
    target: target.map(({ topic, partition, next }) => ({ topic, partition, next: String(next) })),
    limitedTo,
    keys: found.keys,
    recoveries: sides.map(({ side, described: one }, index) => {
      const tally = found.tallies[index];
      if (tally === undefined) throw new Error(`no tally of ${side.id}`);
      const hasOutputs = side.outputs !== null && reference !== null && reference.outputs !== null;
      const heldAgainst = side.isComparable ? found.reference : null;
      return summariseSide(tally, { ...one, hasOutputs }, heldAgainst, measures, limitedTo !== null);
    }),
    refused,
    leftOut,
  };
}

function againstItself(runId: string): RecoveryError {
  return new RecoveryError('invalid-argument', `run ${runId} would be compared with itself`, {
    hint: 'name it as what the others are held against, or as one of them, not as both',
    details: { run: runId },
  });
}

function nothingBeside(runId: string | null): RecoveryError {
  return new RecoveryError('not-comparable', `there is nothing to compare with run ${runId ?? ''}`, {
    hint: 'eventmend compare --recover-missing recovers with every strategy first',
  });
}

/** Why the run that all others were to be held against was left out. */
function notAmongRuns(
  catalogue: RunCatalogue,
  wanted: Omit<Parameters<typeof selectRuns>[1], 'named'>,
  runId: string,
): RecoveryError {
  selectRuns(catalogue, { ...wanted, named: [runId] }); // says so where it cannot be compared at all
  return new RecoveryError('not-comparable', `run ${runId} is limited to some keys, and the others are not`, {
    hint: 'name the runs that are to be held against it: only those keys are compared then',
    details: { run: runId },
  });
}

function noLive(live: OpenSide | null): RecoveryError {
  return new RecoveryError(
    'not-comparable',
    live === null
      ? 'the incident names no live state to compare with'
      : 'the live state cannot be compared: it cannot be read, or does not say that it stands where the runs end',
    {
      hint: 'name it under live.state of the incident file, with its position',
      ...(live !== null && { details: { doubt: live.described.doubt } }),
    },
  );
}
