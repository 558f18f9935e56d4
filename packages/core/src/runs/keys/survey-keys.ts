import { hashState } from '../../engine/digest/state-digest.js';
import { specOfPlan } from '../../engine/spec/spec-of-plan.js';
import type { RunStore, StoredText } from '../../engine/store/run-store.js';
import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import { fidelityOf, fidelityUnder, type Cause, type Fidelity } from '../../model/provenance/provenance.js';
import type { SnapshotRow } from '../../model/snapshots/snapshot-source.js';
import { marksByKey, readCoverageMarks } from '../report/coverage-marks.js';
import { causeLookup } from '../report/key-fidelity.js';
import { summariseRun } from '../report/summarise-run.js';
import { damagedState, isCoverageKnown, isVerified, readKeptKeys } from '../sqlite/read-states.js';
import { readRunReport, readVerification } from '../sqlite/read-run-report.js';
import { readRunPlan, runFiles, type RunFiles } from '../sqlite/run-folder.js';
import { openSqliteRunStore } from '../sqlite/sqlite-run-store.js';
import type { KeyCounts, KeyOfRun, KeyStanding } from './key-of-run.js';
import { comparedAsReported, openLiveSide, type NoLiveValues } from './live-side.js';
import { pairKeys } from './pair-keys.js';

/** Takes the keys of a run one by one. */
export interface KeyVisitor {
  visit(key: KeyOfRun): void;
  /** What was visited before does not count: the live state is not in the order of its keys, and is read anew. */
  restart(): void;
}

export interface KeySurvey extends KeyCounts {
  /** Null where the live values stand beside the rebuilt ones. */
  readonly noLive: NoLiveValues | null;
}

/**
 * Goes through all keys of a run: rebuilt value, live value, fidelity and causes. Memory does not follow the number of keys,
 * unless the live state is not in their order.
 * @param inputs the incident of the run; null leaves the live state out
 * @throws RecoveryError `run-not-found`, `corrupt-run-store`, and what reading the live state throws
 */
export async function surveyKeys(
  store: string,
  runId: string,
  inputs: RecoveryInputs | null,
  visitor: KeyVisitor,
): Promise<KeySurvey> {
  const files = runFiles(store, runId);
  const plan = readRunPlan(files);
  const report = readRunReport(files);
  const { side, noLive } = await openLiveSide(inputs, report, plan);
  const database = openSqliteRunStore(files.database, { create: false });
  try {
    const kept = new Map([...readKeptKeys(files)].map(({ key, ...rest }) => [key, rest]));
    const basisOf = basisLookup(files, database);
    let counts = newCounts();
    const take = (stored: StoredText | null, row: SnapshotRow | null): void => {
      const key = stored?.key ?? row?.key ?? '';
      const other = kept.get(key);
      const text = stored?.text ?? null;
      if (text === null && row === null && other === undefined) return;
      const live = row === null || side === null ? null : side.textOf(row);
      const standing = side === null ? 'not-compared' : side.standingOf(key, text, live);
      counts.byStanding[standing]++;
      if (text !== null || other !== undefined) counts.recovered++;
      visitor.visit({ key, live, standing, ...valueOf(stored, other, basisOf) });
    };
    if (side === null) {
      for (const stored of database.texts()) take(stored, null);
      for (const [key, { state }] of kept) if (database.state(key) === undefined) take(null, { key, state });
    } else {
      await pairKeys(database, side.rows, take, () => {
        counts = newCounts();
        visitor.restart();
      });
    }
    const changed = side !== null && !comparedAsReported(counts, report);
    return { ...counts, noLive: changed ? 'live-changed' : noLive };
  } finally {
    database.close();
    await side?.close();
  }
}

/** @throws RecoveryError `corrupt-run-store` where the stored value of one of the keys is not the one that was written */
export function checkStoredKeys(store: string, runId: string, keys: Iterable<string>): void {
  const files = runFiles(store, runId);
  const database = openSqliteRunStore(files.database, { create: false });
  try {
    for (const key of keys) {
      const stored = database.state(key);
      if (typeof stored?.text !== 'string' || hashState(key, JSON.parse(stored.text)) === stored.hash) continue;
      throw damagedState(files, `the state of key ${JSON.stringify(key)}`);
    }
  } finally {
    database.close();
  }
}

interface Basis {
  readonly fidelity: Fidelity;
  readonly causes: readonly Cause[];
}

type Kept = { readonly state: unknown; readonly chosen?: true };

function valueOf(
  stored: StoredText | null,
  kept: Kept | undefined,
  basisOf: (stored: StoredText) => Basis,
): Pick<KeyOfRun, 'recovered' | 'fidelity' | 'causes' | 'taken' | 'rebuilt'> {
  const text = stored?.text ?? null;
  if (kept !== undefined) {
    const isChosen = kept.chosen === true;
    return {
      recovered: JSON.stringify(kept.state),
      fidelity: isChosen ? 'unproven' : 'incomplete',
      causes: stored === null ? [] : basisOf(stored).causes,
      taken: isChosen ? 'chosen' : 'kept',
      rebuilt: isChosen ? text : null,
    };
  }
  const { fidelity, causes } = stored === null ? { fidelity: null, causes: [] } : basisOf(stored);
  return { recovered: text, fidelity: text === null ? null : fidelity, causes, taken: 'rebuilt', rebuilt: null };
}

/** Fidelity and causes of stored rows, derived once for each provenance. */
function basisLookup(files: RunFiles, store: RunStore): (stored: StoredText) => Basis {
  const plan = readRunPlan(files);
  const verification = readVerification(files);
  const isKnown = verification !== null && isVerified(verification) && isCoverageKnown(verification);
  const spec = specOfPlan(plan, []);
  const lookup = causeLookup(spec, store);
  const worker = {
    checked: plan.workerCheck.checked && isKnown && summariseRun(spec, store).order.unconfirmed === 0,
  };
  const markOf = marksByKey(readCoverageMarks(files.uncovered));
  const known = new Map<number, Map<number, Basis>>();
  return ({ key, lane, provenance }) => {
    let ofLane = known.get(lane);
    if (ofLane === undefined) known.set(lane, (ofLane = new Map<number, Basis>()));
    let basis = ofLane.get(provenance);
    if (basis === undefined) {
      const causes = lookup.causes(lane, provenance);
      ofLane.set(provenance, (basis = { fidelity: fidelityOf(causes, worker), causes }));
    }
    const fidelity = fidelityUnder(markOf(key), basis.fidelity);
    return fidelity === basis.fidelity ? basis : { fidelity, causes: basis.causes };
  };
}

function newCounts(): { recovered: number; byStanding: Record<KeyStanding, number> } {
  const byStanding = {
    same: 0,
    differs: 0,
    'not-determined': 0,
    'only-recovered': 0,
    'only-live': 0,
    'not-compared': 0,
  };
  return { recovered: 0, byStanding };
}
