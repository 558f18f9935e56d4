import { hash as hashOnce } from 'node:crypto';
import { RecoveryError } from '../../../model/errors/recovery-error.js';
import type { LongWork } from '../../../model/strategy/strategy.js';
import type { RecoveryInputs } from '../../../evidence/inputs/recovery-inputs.js';
import { openOutputTable } from '../../../sources/tables/open-output-table.js';
import type { OutputTable } from '../../../sources/tables/output-table.js';
import { correctionsOfRun, type CorrectionsOfRun } from '../../corrections/corrections-of-run.js';
import { openRunCatalogue } from '../../sqlite/run-catalogue.js';
import { runFiles } from '../../sqlite/run-folder.js';
import { lockRun } from '../../sqlite/run-lock.js';
import type { CorrectionRowCounts } from '../correction-rows.js';
import type { LeftAlone, OutboxSeal } from '../outbox.js';
import { draftOutbox, openOutbox, publicationFiles, type OutboxDraft } from '../outbox-file.js';
import { checkRun } from '../preflight.js';
import type { PreparedPublication } from '../prepare-publication.js';
import type { PublicationRequest } from '../publication-request.js';
import type { PublicationRow } from '../publication-row.js';
import type { PublicationWarning } from '../publication-warning.js';
import { refuseOtherChoices, shownRows, undeclaredOutputs } from '../publication-refusals.js';
import { RowSealer } from '../seal-rows.js';
import { checkTable } from './check-table.js';
import { publishTable } from './publish-table.js';
import { rowShape, type RowShape } from './row-shape.js';
import { standingOfKeys, tableRowsToSeal, type StandingOfKeys, type TableSealing } from './seal-table-rows.js';
import { correctedRows, rebuiltRows, type RowChange } from './table-rows.js';
import type { TableTarget } from './table-target.js';

export interface TablePublicationRequest extends Omit<
  PublicationRequest,
  'target' | 'plainKafkajs' | 'transactionTimeoutMs'
> {
  readonly target: TableTarget;
}

/** What a diagnosis and others add, as for `correctionsOfRun`. */
type CorrectionPorts = NonNullable<Parameters<typeof correctionsOfRun>[2]>;

/** An outbox takes rows of any size; a database says itself what is too large. */
const maxRowBytes = 2 ** 28;

/**
 * Makes the publication of a run to a table of a database ready, like `preparePublication` for a topic: looks at the run and at the
 * table, and puts together which rows are to be written, by a diff against the rows that the table holds. Nothing is written to the
 * database yet.
 * @throws RecoveryError `publication-refused`, `locked-by-another-process`, what opening the table and comparing the outputs throws
 */
export async function prepareTablePublication(
  inputs: RecoveryInputs,
  runId: string,
  request: TablePublicationRequest,
  ports: CorrectionPorts = {},
  work: LongWork = {},
): Promise<PreparedPublication> {
  const { store } = inputs;
  const { target, mode } = request;
  const report = openRunCatalogue(store).report(runId);
  if (report === null) {
    throw new RecoveryError('operation-not-allowed', `run ${runId} has not ended`, {
      hint: `eventmend resume ${runId}`,
    });
  }
  const warnings = [...checkRun(report, mode)];
  const shape = rowShape(target.mapping, target.table);
  const lock = lockRun(runFiles(store, runId).lock, runId);
  let table: OutputTable | null = null;
  let draft: OutboxDraft | null = null;
  const closeAll = async (): Promise<void> => {
    draft?.close();
    await table?.close();
    lock.release();
  };
  try {
    const opened = await openOutputTable(target.location, target.table);
    table = opened;
    warnings.push(...checkTable(opened, shape));
    const base = hashOnce('sha256', JSON.stringify(['table', report.planId, mode, opened.identity])).slice(0, 16);
    const files = publicationFiles(store, runId, base);
    let outbox = openOutbox(files.outbox);
    const sealedBefore = outbox !== null;
    if (outbox !== null) refuseOtherChoices(outbox.seal, request);
    let seal: Omit<OutboxSeal, 'chain'> | null = outbox?.seal ?? null;
    const first: PublicationRow[] = [];
    if (seal === null) {
      if ((await opened.mark(base)) !== null) throw outboxGone(target.table);
      const begun = draftOutbox(files.outbox);
      draft = begun;
      const given: Sealing = { inputs, runId, request, table: opened, shape, ports, work };
      const sealer = new RowSealer(begun, {
        ...{ base, topic: target.table, partitions: [{ partition: 0, start: 0 }], partitionOf: () => 0 },
        ...{ sealedAt: request.now, time: request.time ?? 'publication', maxBatchBytes: maxRowBytes },
      });
      const add = (row: PublicationRow) => {
        if (first.length < shownRows) first.push(row);
        sealer.add(row);
      };
      const made = await (mode === 'rebuild' ? rebuild(given, add) : correct(given, add));
      seal = {
        ...{ format_version: 1, runId, planId: report.planId, mode, destination: 'table' },
        ...{ clusterId: opened.location, topic: target.table, topicId: '', base },
        ...sealer.end(),
        ...{ chosen: made.chosen, leftAlone: made.leftAlone, outputHeader: null, partitioner: 'none' },
        ...{ sealedAt: request.now, time: request.time ?? 'publication' },
        warnings: [...warnings, ...made.warnings],
      };
    }
    const toSeal = seal;
    return {
      ...{ seal: toSeal, sealedBefore, first },
      async publish(options, publishing = {}) {
        if (outbox === null) {
          draft?.seal(toSeal);
          draft?.close();
          draft = null;
          outbox = openOutbox(files.outbox);
        }
        if (outbox === null) throw new Error('the outbox is not sealed');
        return publishTable({ outbox, table: opened, shape, reportFile: files.report }, options, publishing);
      },
      async close() {
        outbox?.close();
        await closeAll();
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

interface Sealing {
  readonly inputs: RecoveryInputs;
  readonly runId: string;
  readonly request: TablePublicationRequest;
  readonly table: OutputTable;
  readonly shape: RowShape;
  readonly ports: CorrectionPorts;
  readonly work: LongWork;
}

interface Made {
  readonly chosen: OutboxSeal['chosen'];
  readonly leftAlone: LeftAlone;
  readonly warnings: readonly PublicationWarning[];
}

type AddRow = (row: PublicationRow) => void;

async function sealAll(
  { runId, request, table, shape, work }: Sealing,
  known: Pick<TableSealing, 'isEmpty' | 'standing'>,
  changes: Iterable<RowChange>,
  add: AddRow,
): Promise<void> {
  const timeOf = ({ time }: RowChange) => (request.time === 'original' ? (time ?? request.now) : request.now);
  for await (const row of tableRowsToSeal({ runId, table, shape, ...known, timeOf }, changes)) {
    add(row);
    if (work.signal?.aborted === true) {
      throw new RecoveryError('interrupted', 'stopped before anything was written', {
        hint: 'run the same command again',
      });
    }
  }
}

async function rebuild(given: Sealing, add: AddRow): Promise<Made> {
  const { inputs, runId, request, table } = given;
  if (!(await table.isEmpty())) {
    throw new RecoveryError(
      'publication-refused',
      `the table ${table.name} holds rows already: a rebuilt table begins empty`,
      {
        hint: 'make a new table with the same columns, and name that',
      },
    );
  }
  const catalogue = openRunCatalogue(inputs.store);
  const plan = catalogue.plan(runId);
  const outputs = catalogue.openOutputs(runId);
  const counts = { effects: 0, undeclared: 0, elsewhere: 0 };
  try {
    const golden = function* () {
      for (const lane of outputs.lanes) yield* lane.read();
    };
    const source = { worker: plan.worker.name, outputs: golden(), only: onlyOf(request.target) };
    await sealAll(given, { isEmpty: true, standing: new Map() }, rebuiltRows(source, counts), add);
  } finally {
    outputs.close();
  }
  if (counts.undeclared > 0) throw undeclaredOutputs(runId, counts.undeclared);
  const fromBaseline = plan.baseline.some(({ source }) => source.kind !== 'genesis');
  return {
    ...{ chosen: null, warnings: fromBaseline ? [{ kind: 'begins-at-baseline' }] : [] },
    leftAlone: { ...counts, notRetractable: 0, unknown: 0, superseded: 0, publishedBefore: 0 },
  };
}

async function correct(given: Sealing, add: AddRow): Promise<Made> {
  const { inputs, runId, request, table, shape, ports, work } = given;
  const keysFirst = request.keys === undefined ? null : new Set(request.keys);
  const only = onlyOf(request.target);
  const changesOf = (found: CorrectionsOfRun, counts: CorrectionRowCounts) =>
    correctedRows({ corrections: () => found.list(), only, keysFirst }, counts);
  const compared = async <T>(use: (found: CorrectionsOfRun) => Promise<T>): Promise<T> => {
    const found = await correctionsOfRun(inputs, runId, ports, work);
    try {
      return await use(found);
    } finally {
      found.close();
    }
  };
  const sealed = async (found: CorrectionsOfRun, standing: StandingOfKeys): Promise<Made> => {
    const counts = noCounts();
    await sealAll(given, { isEmpty: false, standing }, changesOf(found, counts), add);
    const { chosen, ...left } = counts;
    const unknown = Object.values(found.counts.unknown).reduce((sum, count) => sum + count, 0);
    return {
      ...{ chosen: keysFirst === null ? null : { keys: [...keysFirst].sort(), rows: chosen }, warnings: [] },
      leftAlone: { ...left, unknown, superseded: found.counts.superseded },
    };
  };
  const first = await compared(async (found) => {
    const standing = await standingOfKeys(table, shape, changesOf(found, noCounts()));
    return standing.size === 0 ? { made: await sealed(found, standing) } : { standing };
  });
  if ('made' in first) return first.made;
  // What was looked up belongs to a comparison that begins behind it.
  return compared((found) => sealed(found, first.standing));
}

function noCounts(): CorrectionRowCounts {
  return { effects: 0, undeclared: 0, notRetractable: 0, elsewhere: 0, publishedBefore: 0, chosen: 0 };
}

/** The name of the outputs that a table holds, where it holds those of one name only. */
function onlyOf({ mapping }: TableTarget): string | null {
  return 'constant' in mapping.output ? mapping.output.constant : null;
}

function outboxGone(table: string): RecoveryError {
  return new RecoveryError(
    'publication-refused',
    `the database says that this run was published to ${table} before, and its outbox is gone`,
    { hint: 'put back the folder of the run as it was when it was published, then run the same command again' },
  );
}
