import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import { targetOnLog } from '../../evidence/stop-position/target-on-log.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { RecordedOutputs } from '../../model/records/recorded-outputs.js';
import type { SnapshotDescription, SnapshotRow, SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import type { Worker } from '../../worker/worker.js';
import { openStatesOfRun } from '../sqlite/read-states.js';
import type { RunCatalogue } from '../sqlite/run-catalogue.js';
import { runFiles } from '../sqlite/run-folder.js';
import type { ComparedSide } from './compared-key.js';
import type { ComparedSubject, ComparisonReference } from './comparison.js';
import type { OutputStretch } from './output-stretch.js';
import { orderSnapshot } from './order-rows.js';
import type { OrderedTexts } from './ordered-texts.js';
import { placeState } from './place-state.js';
import type { SelectedRun } from './select-runs.js';
import { orderIntended, orderTruth, type OutputIdentityKind } from './side-outputs.js';
import type { DescribedSide } from './summarise-side.js';

/** The truth as somebody has it. */
export interface Truth {
  /** A source with one state, of where the runs end. A position that it names is checked; without one it is believed. */
  readonly states: SnapshotSource;
  /** All outputs of what the runs read, by their events or ids; states alone are compared where absent. */
  readonly outputs?: RecordedOutputs;
}

/** One side of a comparison, open. */
export interface OpenSide {
  readonly side: ComparedSide;
  readonly described: Omit<DescribedSide, 'hasOutputs'>;
}

/** What opening sides needs of all that are compared. */
export interface SideInputs {
  readonly inputs: RecoveryInputs;
  readonly catalogue: RunCatalogue;
  readonly worker: Worker;
  /** Room on disk to put something into order; closed with everything that was opened. */
  readonly newTexts: () => OrderedTexts;
  readonly stretch: OutputStretch;
  readonly signal: AbortSignal | undefined;
  /** Whatever must be closed once the comparison is over. */
  readonly opened: { close(): void }[];
}

/** @param by null where no outputs are compared */
export function openRunSide(
  { inputs, catalogue, stretch, newTexts, opened }: SideInputs,
  { plan, report }: SelectedRun,
  by: OutputIdentityKind | null,
): OpenSide {
  const { runId, strategy, status, verdict } = report;
  const states = openStatesOfRun(runFiles(inputs.store, runId));
  opened.push(states);
  const outputs = by === null ? null : orderIntended(catalogue.outputs(runId), by, stretch, newTexts());
  return {
    side: {
      id: runId,
      states: () => states.readInOrder(),
      absence: (key) => states.absence(key),
      outputs: outputs === null ? null : outputs.read,
      isComparable: true,
    },
    described: {
      subject: { kind: 'run', runId, strategy, status, verdict },
      run: { plan, report },
      doubt: null,
      besideLog: outputs?.besideLog ?? 0,
    },
  };
}

/** What stands if nothing is done. Null where the incident names no live state. */
export async function openLiveSide(sides: SideInputs, { plan }: SelectedRun): Promise<OpenSide | null> {
  const { live } = sides.inputs;
  if (live === null) return null;
  const { description, doubt } = placeState((await live.list()).snapshots[0], targetOnLog(plan));
  const subject: ComparedSubject = { kind: 'live', location: description?.location ?? '' };
  return {
    side: {
      id: 'live',
      states: description === null ? () => [] : await ordered(sides, live.rows(description.id), description),
      absence: () => null,
      outputs: null,
      isComparable: doubt === null,
    },
    described: { subject, run: null, doubt, besideLog: 0 },
  };
}

/**
 * The truth as what recoveries are held against.
 * @throws RecoveryError `invalid-snapshot` where its states cannot be read, `not-comparable` where they are of another position
 */
export async function openTruthSide(
  sides: SideInputs,
  { states, outputs }: Truth,
  { plan }: SelectedRun,
): Promise<{
  readonly side: ComparedSide;
  readonly reference: ComparisonReference;
  readonly by: OutputIdentityKind | null;
}> {
  const unlisted = (await states.readUnlisted?.()) ?? null;
  const { snapshots, damaged } = unlisted === null ? await states.list() : { snapshots: [unlisted], damaged: [] };
  const [description] = snapshots;
  if (description === undefined || snapshots.length > 1) {
    throw new RecoveryError(
      'invalid-snapshot',
      description === undefined
        ? `the truth cannot be read: ${damaged[0] === undefined ? 'there is no state' : `${damaged[0].location}: ${damaged[0].reason}`}`
        : `the truth is ${snapshots.length} states, and one is needed`,
      { hint: 'the truth is one state of where the runs end, each key once' },
    );
  }
  const { doubt } = placeState(description, targetOnLog(plan));
  if (doubt !== null && description.position !== null) {
    throw new RecoveryError(
      'not-comparable',
      `the truth in ${description.location} stands at another position of the log than the runs end at`,
      { hint: 'recover up to its position first (--target-offsets), or give a truth of where the runs end' },
    );
  }
  const sent = outputs === undefined ? null : await orderTruth(outputs, sides.stretch, sides.newTexts(), sides.signal);
  return {
    side: {
      id: 'truth',
      states: await ordered(sides, unlisted?.rows() ?? states.rows(description.id), description),
      absence: () => null,
      outputs: sent === null ? null : sent.read,
      isComparable: true,
    },
    reference: {
      kind: 'truth',
      location: description.location,
      outputs: outputs === undefined ? null : (await outputs.describe()).location,
    },
    by: sent?.by ?? null,
  };
}

function ordered(
  { worker, newTexts, signal }: SideInputs,
  rows: AsyncIterable<SnapshotRow>,
  { stateVersion }: Pick<SnapshotDescription, 'stateVersion'>,
) {
  return orderSnapshot(rows, stateVersion, worker, newTexts(), signal);
}
