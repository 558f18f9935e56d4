import { isRecoveryError } from '../../model/errors/recovery-error.js';
import { hashState } from '../../engine/digest/state-digest.js';
import type { StoredText } from '../../engine/store/run-store.js';
import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import type { SnapshotRow } from '../../model/snapshots/snapshot-source.js';
import { basisOfRun, type BasisOfRun } from '../report/basis-of-run.js';
import { damagedState, readKeptKeys } from '../sqlite/read-states.js';
import { readRunReport } from '../sqlite/read-run-report.js';
import { readRunPlan, runFiles } from '../sqlite/run-folder.js';
import { openStoreOfRun } from '../fleet/open-store-of-run.js';
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
  try {
    return await survey(store, runId, inputs, visitor, false);
  } catch (error) {
    // The live state is damaged further on, as a listing would have told.
    if (inputs?.live == null || !isRecoveryError(error) || error.code !== 'invalid-snapshot') throw error;
    visitor.restart();
    return survey(store, runId, inputs, visitor, true);
  }
}

async function survey(
  store: string,
  runId: string,
  inputs: RecoveryInputs | null,
  visitor: KeyVisitor,
  listed: boolean,
): Promise<KeySurvey> {
  const files = runFiles(store, runId);
  const plan = readRunPlan(files);
  const report = readRunReport(files);
  const { side, noLive } = await openLiveSide(inputs, report, plan, listed);
  const database = openStoreOfRun(files);
  try {
    const kept = new Map([...readKeptKeys(files)].map(({ key, ...rest }) => [key, rest]));
    const basis = basisOfRun(files, database);
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
      visitor.visit({ key, live, standing, ...valueOf(stored, other, basis) });
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
  const database = openStoreOfRun(files);
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

type Kept = { readonly state: unknown; readonly chosen?: true };

function valueOf(
  stored: StoredText | null,
  kept: Kept | undefined,
  basis: BasisOfRun,
): Pick<KeyOfRun, 'recovered' | 'fidelity' | 'causes' | 'taken' | 'rebuilt'> {
  const text = stored?.text ?? null;
  if (kept !== undefined) {
    const isChosen = kept.chosen === true;
    return {
      recovered: JSON.stringify(kept.state),
      fidelity: isChosen ? 'unproven' : 'incomplete',
      causes: stored === null ? [] : basis.of(stored).causes,
      taken: isChosen ? 'chosen' : 'kept',
      rebuilt: isChosen ? text : null,
    };
  }
  const { fidelity, causes } = stored === null ? { fidelity: null, causes: [] } : basis.of(stored);
  return { recovered: text, fidelity: text === null ? null : fidelity, causes, taken: 'rebuilt', rebuilt: null };
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
